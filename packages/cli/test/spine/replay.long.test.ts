import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { silentLogger } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, test } from 'vitest';
import { Alpha, runAlpha, type Surroundings, startSimulator } from '../support/alpha.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const BOTH_KILLED = [
  { brain: 'strategy:gmo', processes: 2, complete: true },
  { brain: 'execution:gmo', processes: 2, complete: true },
];

/** Cuts of every socket, frames cut short, and answers that never come: one of an order is in doubt. */
const FAULTS = `seed: 7
faults:
  - { kind: cut, at: 2s, times: 1 }
  - { kind: truncate, probability: 0.002 }
  - { kind: rest_unanswered, acts: 1, on: { path: /private/v1/order } }
  - { kind: rest_too_many, nth: 3, acts: 1 }
`;

async function replay(args: readonly string[], where: Surroundings) {
  const { exit, stderr, stdout } = await runAlpha(['replay', ...args, '--json'], where);
  return { exit, stderr, result: JSON.parse(stdout) };
}

test('a session of real processes with a kill -9 in it replays to the same', { timeout: 180_000 }, async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, 25);
  const run = await runSpine({ folder, tape, speed: 15, killEngineAt: [tape.startTs + 12_000] });
  const where = { folder, env: { ALPHA_DATA_DIR: join(folder, 'data') } };

  const same = await replay(['--diff'], where);
  expect(same).toMatchObject({ exit: 0, stderr: '', result: { identical: true, brains: BOTH_KILLED } });
  const { bars, orders, signals } = run;
  expect(same.result.compared).toMatchObject({ bars: bars.length, signals: signals.length, orders: orders.length });

  await refuses(['--from', '2030-01-01'], where, 5, 'Nothing that an engine on gmo did is recorded in the time');
  await refuses(['--strategy', 'rsi'], where, 2, 'The parameters that were recorded (fast, slow) are applied');

  const played = await replay(['--backtest'], where);
  expect(played.stderr, JSON.stringify(played.result.differences)).toBe('');
  expect(played).toMatchObject({ exit: 0, result: { agree: true, causes: { unexplained: 0 } } });
  expect(played.result.sameSignals).toBe(signals.length);

  await measuresLatency(where, tape.path);
});

async function refuses(args: readonly string[], where: Surroundings, status: number, what: string): Promise<void> {
  const { exit, stderr } = await runAlpha(['replay', '--diff', ...args], where);
  expect(stderr).toContain(what);
  expect(exit).toBe(status);
}

/** What the ways of the session took is measured, and a back-test takes it. */
async function measuresLatency(where: Surroundings, tape: string): Promise<void> {
  const { exit, stderr, stdout } = await runAlpha(['latency', '--out', 'latency.json', '--json'], where);
  expect(exit, stderr).toBe(0);
  const found = JSON.parse(stdout);
  for (const leg of ['feed', 'order', 'answer']) {
    expect(found.measured.samples[leg], leg).toBeGreaterThan(0);
    expect(found[leg], leg).toMatchObject({ kind: 'quantiles' });
    const times: number[] = found[leg].points.map(([, ms]: [number, number]) => ms);
    expect(times, leg).toEqual(times.toSorted((a, b) => a - b));
  }
  const flags = ['--strategy', 'ma-cross', '--timeframe', '1s', '--symbol', 'BTC', '--data', tape];
  const ran = await runAlpha(['backtest', ...flags, '--latency', 'latency.json', '--json'], where);
  expect(ran.exit, ran.stderr).toBe(0);
  const { assumptions }: { assumptions: readonly string[] } = JSON.parse(ran.stdout);
  expect(assumptions).toContainEqual(
    expect.stringMatching(/^Latency: market data as measured, at most .*orders as measured, .*answers as measured, /),
  );
}

test('over Redis, with faults at the exchange and a kill -9, it does too', { timeout: 180_000 }, async () => {
  await using server = await startRedisServer();
  const folder = await tempFolder();
  await writeFile(join(folder, 'faults.yaml'), FAULTS);
  const tape = await shortTape(folder, 40);
  const args = ['--tape', tape.path, '--speed', '8', '--hold', '6', '--faults', join(folder, 'faults.yaml')];
  const { simulator, env: exchange } = await startSimulator(folder, args);
  const env = {
    ...{ ...exchange, REDIS_URL: server.url, SYMBOLS: 'BTC,BTC_JPY', API_KEY: 'demo-key', API_SECRET: 'demo-secret' },
    ...{ ALPHA_MAX_SIGNAL_AGE_MS: '86400000', ALPHA_MAX_DATA_AGE_MS: '86400000', ALPHA_IN_DOUBT_HORIZON_MS: '1000' },
  };
  const strategy = ['--strategy', 'ma-cross', '--param', 'fast=2', '--param', 'slow=4', '--timeframe', '1s', '--live'];
  const startEngine = async () => {
    const engine = new Alpha(['engine', ...strategy, '--json'], { folder, env });
    await engine.line('engine started');
    return engine;
  };

  const archiver = new Alpha(['archive', '--json'], { folder, env });
  const first = await startEngine();
  const collector = new Alpha(['collect', '--json'], { folder, env });
  await simulator.line('tape started');
  await expect.poll(() => ordersTaken(exchange), { timeout: 30_000 }).toBeGreaterThan(1);
  await first.end('SIGKILL');
  const second = await startEngine();
  await simulator.line('tape ended');
  // What the cut cost is read from REST, and bars wait for it: most of the session comes only then.
  await expect.poll(() => ordersTaken(exchange), { timeout: 90_000 }).toBeGreaterThan(5);
  await collector.end('SIGTERM');
  expect(await second.end('SIGTERM')).toMatchObject({ exit: 0 });
  expect(await archiver.end('SIGTERM')).toMatchObject({ exit: 0 });

  const same = await replay(['--diff'], { folder, env });
  expect(same).toMatchObject({ exit: 0, stderr: '', result: { identical: true, brains: BOTH_KILLED } });
  expect(same.result.compared.signals).toBeGreaterThan(2);
  expect(same.result.compared.fills).toBeGreaterThan(1);
  const other = await replay(['--diff', '--param', 'fast=3'], { folder, env });
  expect(other).toMatchObject({ exit: 9, result: { divergence: { brain: 'strategy:gmo', kind: 'signal' } } });
  expect(JSON.parse(other.stderr).error.code).toBe('REPLAY_DIFFERS');
  const { bar } = other.result.divergence.chain;
  expect(bar.recorded ?? bar.replayed).toMatchObject({ timeframe: '1s' });

  await emptyStreams(server.url);
  const archived = await replay(['--diff'], { folder, env });
  expect(archived).toMatchObject({ exit: 0, stderr: '', result: { identical: true, compared: same.result.compared } });
  expect(archived.result.source).toMatch(/^the recorded order events, the archive in /);
  const lost = await runAlpha(['replay', '--archive-dir', 'elsewhere', '--json'], { folder, env });
  expect(lost.exit).toBe(5);
  expect(JSON.parse(lost.stderr).error).toMatchObject({ code: 'REPLAY_INCOMPLETE' });
});

/** As a trimmed bus is: everything was read, and nothing of it is there any more. */
async function emptyStreams(url: string): Promise<void> {
  const bus = await openRedisBus({ url, logger: silentLogger });
  try {
    for (const { stream } of await bus.streams()) await bus.trim(stream, 0);
    const left = await bus.range('md:trade', null, 1);
    expect(left).toEqual([]);
  } finally {
    await bus.close();
  }
}

async function ordersTaken({ REST_BASE_URL }: Readonly<Record<string, string>>): Promise<number> {
  const answer = await fetch(`${REST_BASE_URL}/sim/stats`);
  return ((await answer.json()) as { readonly orders: number }).orders;
}
