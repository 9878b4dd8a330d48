import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

test('a session of real processes with a kill -9 in it replays to the same', { timeout: 120_000 }, async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, 40);
  const run = await runSpine({ folder, tape, speed: 15, killEngineAt: [tape.startTs + 15_000] });
  const env = { ALPHA_DATA_DIR: join(folder, 'data') };

  const same = await runAlpha(['replay', '--diff', '--json'], { folder, env });
  expect(same).toMatchObject({ exit: 0, stderr: '' });
  const { brains, compared, identical } = JSON.parse(same.stdout);
  expect(identical).toBe(true);
  expect(brains).toMatchObject([
    { brain: 'strategy:gmo', processes: 2, complete: true },
    { brain: 'execution:gmo', processes: 2, complete: true },
  ]);
  const { bars, orders, signals } = run;
  expect(compared).toMatchObject({ bars: bars.length, signals: signals.length, orders: orders.length });

  const other = await runAlpha(['replay', '--diff', '--param', 'fast=4', '--json'], { folder, env });
  expect(other.exit).toBe(9);
  expect(JSON.parse(other.stderr).error.code).toBe('REPLAY_DIFFERS');
  const { divergence } = JSON.parse(other.stdout);
  expect(divergence).toMatchObject({ brain: 'strategy:gmo', kind: 'signal' });
  expect(divergence.chain.bar.recorded ?? divergence.chain.bar.replayed).toMatchObject({ timeframe: '1s' });
});
