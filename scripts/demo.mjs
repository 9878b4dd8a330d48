// npm run demo [-- arguments of `alpha demo`]: from a fresh clone to filled orders. Installing and building speak on
// stderr only, so that `npm run -s demo -- --json` prints nothing but the JSON on stdout.
import { join } from 'node:path';
import { buildPackages, installWhenNeeded, root, run } from './workspace.mjs';

await installWhenNeeded('stderr');
await buildPackages();
// Ctrl-C reaches the whole process group; the demo ends its own processes and we report its status.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
const { status } = await run(process.execPath, [
  join(root, 'packages/cli/bin/run.js'),
  'demo',
  ...process.argv.slice(2),
]);
process.exitCode = status;
