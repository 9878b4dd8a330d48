// pnpm faults [--json] [--fault kind …]: what becomes of market data under every fault of the simulator, as a table; see
// docs/reliability.md. Builds what is run and hands over to benchmarks/faults/main.ts.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { transpileFolder } from './transpile-folder.mjs';
import { buildPackages, installWhenNeeded, root } from './workspace.mjs';

const folder = join(root, 'benchmarks/faults');
const outFolder = join(root, 'benchmarks/dist/faults');
await installWhenNeeded('stderr');
await buildPackages();
await transpileFolder(folder, outFolder);
const child = spawn(process.execPath, [join(outFolder, 'main.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (status) => {
  process.exitCode = status ?? 1;
});
