import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const PACKAGES = new URL('../../../', import.meta.url);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/alpha-children/', import.meta.url));

const SOURCES: Readonly<Record<string, string>> = {
  '@alpha-engine/core': 'core/src/index.ts',
  '@alpha-engine/core/embedded': 'core/src/bus/embedded/index.ts',
  '@alpha-engine/core/redis': 'core/src/bus/redis/index.ts',
  '@alpha-engine/core/postgres': 'core/src/store/postgres/index.ts',
  '@alpha-engine/core/archive': 'core/src/archive/index.ts',
  '@alpha-engine/core/simulation': 'core/src/simulation/index.ts',
  '@alpha-engine/core/process': 'core/src/process/index.ts',
  '@alpha-engine/core/testing': 'core/src/testing/index.ts',
  '@alpha-engine/gmo-adapter': 'gmo-adapter/src/index.ts',
  '@alpha-engine/gmo-adapter/simulator': 'gmo-adapter/src/simulator/index.ts',
  '@alpha-engine/strategies': 'strategies/src/index.ts',
  '@alpha-engine/cli': 'cli/src/index.ts',
};

/** Our packages are bundled from their sources; everybody else's stay outside, by absolute address. */
const workspaceSources: Plugin = {
  name: 'workspace-sources',
  setup(builder) {
    builder.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, kind, resolveDir }) => {
      if (pluginData === 'seen' || kind === 'entry-point') return undefined;
      if (isBuiltin(path)) return { path, external: true };
      const source = SOURCES[path];
      if (source !== undefined) return { path: fileURLToPath(new URL(source, PACKAGES)) };
      const found = await builder.resolve(path, { kind, resolveDir, pluginData: 'seen' });
      if (found.errors.length > 0) return { errors: found.errors };
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

/**
 * Makes one JavaScript file of a test's child process, which plain `node` runs, and returns its path. Entries of
 * `beside` are bundled into the same folder under their own names (`worker.ts` becomes `worker.js`). The files live in a
 * build cache under `node_modules`: nothing to remove.
 */
export async function buildChild(entry: string, options: { beside?: readonly string[] } = {}): Promise<string> {
  const folder = join(CACHE, createHash('sha256').update(entry).digest('hex').slice(0, 16));
  await mkdir(folder, { recursive: true });
  await replaceFile(join(folder, 'package.json'), '{"type":"module"}\n');
  const [path] = await Promise.all([entry, ...(options.beside ?? [])].map((one) => bundle(one, folder)));
  return path!;
}

async function bundle(entry: string, folder: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    absWorkingDir: dirname(entry),
    plugins: [workspaceSources],
    logLevel: 'silent',
  });
  const path = join(folder, `${basename(entry).replace(/\.ts$/, '')}.js`);
  await replaceFile(path, outputFiles[0]!.contents);
  return path;
}

/** Others may build the same child, or run it, at the same time: a file is replaced whole. */
async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, contents);
  await rename(draft, path);
}
