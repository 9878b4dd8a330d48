// pnpm crash-sweep [--seed N] [--only RUN] …: the way of a signal to its position, cut at every call of a port and begun
// again; see docs/reliability.md. Builds what is run and hands over to proofs/crash-sweep.ts.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { transpileFolder } from './transpile-folder.mjs';
import { buildPackages, installWhenNeeded, root } from './workspace.mjs';

const folder = join(root, 'proofs');
await installWhenNeeded('stderr');
await buildPackages();
await transpileFolder(folder, join(folder, 'dist'));

const child = spawn(process.execPath, [join(folder, 'dist/crash-sweep.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (status) => {
  process.exitCode = status ?? 1;
});
