// pnpm chaos [--seed N] [--minutes M] …: real processes under load, killed and cut off at random.
// pnpm recorded-day [--data FOLDER] …: a recorded day with a fault every few seconds. Both: docs/reliability.md.
// Builds what is started and hands over to chaos/main.ts or chaos/recorded-day/main.ts. Ctrl-C is for that process: it ends what
// it started, then itself.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { provideRedis } from './provide-redis.mjs';
import { transpileFolder } from './transpile-folder.mjs';
import { buildPackages, installWhenNeeded, root } from './workspace.mjs';

const folder = join(root, 'chaos');
const [first, ...rest] = process.argv.slice(2);
const [main, args] = first === 'recorded-day' ? ['recorded-day/main.js', rest] : ['main.js', process.argv.slice(2)];
await installWhenNeeded('stderr');
await buildPackages();
process.env.REDIS_SERVER_BIN ??= provideRedis() ?? 'redis-server';
await transpileFolder(folder, join(folder, 'dist'));

const child = spawn(process.execPath, [join(folder, 'dist', main), ...args], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('close', (status) => {
  process.exitCode = status ?? 1;
});
