import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AlphaError } from '../../errors/alpha-error.js';

const PACKAGE = '@alpha-engine/core';

/**
 * The folder this package is installed in, found upwards from this module: it holds `pglite/`, whose files are used as
 * they are and not bundled, so that the same path is right for sources, for the build and for an install.
 */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown }).name === PACKAGE)
      return folder;
    const parent = dirname(folder);
    if (parent === folder) break;
    folder = parent;
  }
  throw new AlphaError(
    'STORE_UNAVAILABLE',
    `The embedded database needs the files of ${PACKAGE} beside it. Do not bundle that package; keep it in node_modules.`,
  );
}
