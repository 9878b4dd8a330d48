import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const file = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** The worker of these tests as one JavaScript file, which a thread can run. */
export async function buildWorker(): Promise<URL> {
  const outfile = file(`backtest/node_modules/.cache/turns-worker-${process.pid}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL('turns-worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    alias: {
      '@alpha-engine/core/simulation': file('core/src/simulation/index.ts'),
      '@alpha-engine/core': file('core/src/index.ts'),
    },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'silent',
  });
  return pathToFileURL(outfile);
}
