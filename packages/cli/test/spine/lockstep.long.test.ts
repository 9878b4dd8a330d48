import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decimal, type OrderRow, type SignalRecord } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine, SPINE_SYMBOLS } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SETTINGS = ['--strategy', 'ma-cross', '--param', 'fast=3', '--param', 'slow=8', '--timeframe', '1s'];
/** As the engine trades by default, on the market as it was recorded. */
const FLAGS = [
  '--size',
  '0.01',
  '--cash',
  '1000000',
  '--latency',
  'none',
  '--fill',
  'book-walk',
  '--limits',
  'none',
  '--fee-rounding',
  'nearest',
];

test('in lockstep a session of real processes, killed on the way, is its back-test: bars, signals, orders, fills, prices, times, fees', {
  timeout: 240_000,
}, async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, 18);
  const run = await runSpine({ folder, tape, speed: 'lockstep', killEngineAtOrder: 1 });
  const where = { folder, env: { ALPHA_DATA_DIR: join(folder, 'data') } };

  const replayed = await runAlpha(['replay', '--backtest', '--json'], where);
  const against = JSON.parse(replayed.stdout);
  expect(against).toMatchObject({ agree: true, identical: true, barDifferences: [], differences: [] });
  const { bars, signals } = run;
  expect(against).toMatchObject({ bars: bars.length, sameSignals: signals.length, sameOutcomes: signals.length });
  expect(signals.length).toBeGreaterThan(2);

  // The same from the tape itself, which knows nothing of the session.
  const onTape = await runAlpha(['replay', '--backtest', '--data', tape.path, '--json'], where);
  expect(JSON.parse(onTape.stdout)).toMatchObject({ ...against, identical: true });
  const args = ['backtest', '--data', tape.path, '--symbol', SPINE_SYMBOLS.join(','), ...SETTINGS, ...FLAGS, '--json'];
  const tested = await runAlpha([...args, '--tables', 'tables'], { folder });
  const result = JSON.parse(tested.stdout);
  expect(result).toMatchObject({ bars: bars.length, signals: signals.length, denials: [] });
  expect(result.orders.map(inOrder).sort()).toEqual(run.orders.map(asInBacktest).map(inOrder).sort());
  const told = (await readFile(join(folder, 'tables', 'signals.csv'), 'utf8')).trim().split('\n').slice(1);
  expect(told.sort()).toEqual(signals.map(asInTable).sort());
  const fees = Decimal.sum(run.orders.map((order) => order.fees));
  expect(fees.isPositive()).toBe(true);
  expect(result.metrics.feesPaid).toBe(fees.toNumber());
});

interface Row {
  readonly time: string;
  readonly symbol: string;
  readonly side: string;
  readonly purpose: string;
  readonly size: string;
  readonly status: string;
  readonly averagePrice: string | null;
  /** The last fill's time. */
  readonly updated: string;
}

function inOrder({ averagePrice, purpose, side, size, status, symbol, time, updated }: Row): string {
  return [time, symbol, side, purpose, size, status, averagePrice, updated].join(' ');
}

function asInBacktest({ order }: OrderRow): Row {
  const { createdTs, purpose, side, size, symbol } = order.terms;
  const averagePrice = 'averagePrice' in order ? String(order.averagePrice) : null;
  return {
    ...{ time: new Date(createdTs).toISOString(), symbol, side, purpose, size: String(size), status: order.status },
    averagePrice,
    updated: new Date(order.updatedTs).toISOString(),
  };
}

function asInTable({ event }: SignalRecord): string {
  const { action, confidence, id, meta, price_ref: price, strategy, symbol, ts } = event;
  return [new Date(ts).toISOString(), strategy, symbol, action, confidence, price, meta?.reason, id].join(',');
}
