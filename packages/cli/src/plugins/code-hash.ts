import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const LOCAL_IMPORT = /(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;
const ENDINGS = ['', '.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];

/** Hash over a file and every file it imports by a relative path. Packages it imports are not looked into. */
export async function codeHashOf(path: string): Promise<string> {
  const seen = new Map<string, string>();
  await collect(resolve(path), seen);
  const hash = createHash('sha256');
  // By content, in the order of discovery: the same code in another folder is the same instance.
  for (const source of seen.values()) hash.update(source).update('\0');
  return `sha256:${hash.digest('hex').slice(0, 32)}`;
}

async function collect(path: string, seen: Map<string, string>): Promise<void> {
  if (seen.has(path)) return;
  const source = await readFile(path, 'utf8');
  seen.set(path, source);
  for (const [, specifier] of source.matchAll(LOCAL_IMPORT)) {
    const found = specifier === undefined ? undefined : locate(join(dirname(path), specifier));
    if (found !== undefined) await collect(found, seen);
  }
}

/** `./x.js` may be written for `./x.ts`. */
function locate(path: string): string | undefined {
  const candidates = [...ENDINGS.map((ending) => path + ending), path.replace(/\.(m?)js$/, '.$1ts')];
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
}
