import { join } from 'node:path';
import { runBacktest } from '@alpha-engine/backtest';
import type { Bar, SignalEvent, Timeframe } from '@alpha-engine/core';
import { Parser } from '@oclif/core';
import { expect, test } from 'vitest';
import Backtest from '../../src/commands/backtest.js';
import { loadConfig } from '../../src/config/load-config.js';
import { backtestSetup } from '../../src/services/backtest.js';
import { runAlpha } from '../support/alpha.js';
import { type ShortTape, shortTape } from '../support/short-tape.js';
import { runSpine, SPINE_SYMBOLS, type SpineRun } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SECONDS = 20;
const OWN: Timeframe = '40t';
/** Several trades have the same millisecond: bars of five often open in the same one. */
const FURTHER: readonly Timeframe[] = ['2s', '7s', '5t', '3v'];

/**
 * Says at every bar what it saw and everything it has seen, summed up: a bar that is missing, comes twice, elsewhere or otherwise changes every signal
 * behind it. It holds, so that no denial corrects a target: what is compared is what was decided.
 */
const READER = `
const decide = (bar, ctx, seen) => {
  for (const value of [bar.openTs % 1e9, bar.ordinal ?? 0, bar.trades, bar.volume, bar.high, bar.low, bar.close]) {
    seen.sum = (Math.imul(seen.sum, 31) + Math.round(value * 1000)) | 0;
  }
  ctx.hold({ meta: { timeframe: bar.timeframe, sum: seen.sum } });
};
export default {
  apiVersion: 1, name: 'reader', label: 'reader', description: '', params: { safeParse: (data) => ({ success: true, data }) },
  create: () => {
    const seen = { sum: 7 };
    const onBar = (bar, ctx) => decide(bar, ctx, seen);
    return { onBar, timeframes: Object.fromEntries(${JSON.stringify(FURTHER)}.map((name) => [name, { onBar }])) };
  },
};`;
const STRATEGY = ['--strategy', './reader.mjs', '--timeframe', OWN];

interface Told {
  readonly bars: readonly Bar[];
  readonly signals: readonly SignalEvent[];
}

/** What `alpha backtest --data` with these flags runs, and everything it decided. */
async function backtestOf({ path }: ShortTape, folder: string): Promise<Told> {
  const given = ['--data', path, '--symbol', SPINE_SYMBOLS.join(','), ...STRATEGY];
  const { flags } = await Parser.parse(given, { flags: Backtest.flags });
  const settings = { strategy: flags.strategy?.[0], timeframe: flags.timeframe };
  const loaded = await loadConfig({ flags: settings, env: {}, folder });
  const { options, source } = await backtestSetup({ ...Backtest.request(flags, loaded), folder });
  const bars: Bar[] = [];
  const signals: SignalEvent[] = [];
  const hear = { bar: (bar: Bar) => bars.push(bar), signal: (event: SignalEvent) => signals.push(event) };
  await runBacktest(source, options, hear);
  return { bars, signals };
}

/** By symbol and timeframe, in order. */
function sorted(bars: readonly Bar[]): readonly Bar[] {
  const place = (bar: Bar) =>
    `${bar.symbol} ${bar.timeframe} ${bar.openTs} ${String(bar.ordinal ?? 0).padStart(6, '0')}`;
  return bars.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

function said({ signals }: SpineRun): readonly unknown[] {
  return signals
    .map(({ event }) => event)
    .toSorted((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : a.seq - b.seq));
}

test('bars of trades, volume and two lengths of time, through a kill -9 in the middle of them, are those of a back-test of the tape', {
  timeout: 120_000,
}, async () => {
  const folder = await tempFolder({ 'reader.mjs': READER });
  const tape = await shortTape(folder, SECONDS);
  const killEngineAt = [tape.startTs + (SECONDS / 2) * 1_000];
  const timeframes = [OWN, ...FURTHER];
  const reads = { strategy: STRATEGY, timeframes };
  const run = await runSpine({ folder, tape, speed: 10, reads, killEngineAt });

  const played = await backtestOf(tape, folder);
  expect(sorted(run.bars)).toEqual(sorted(played.bars));
  expect(said(run)).toMatchObject(
    said({ signals: played.signals.map((event) => ({ event })) } as unknown as SpineRun) as object[],
  );
  for (const timeframe of timeframes) {
    expect(run.bars.filter((bar) => bar.timeframe === timeframe).length, timeframe).toBeGreaterThan(3);
  }
  expect(run.bars.some(({ ordinal }) => ordinal !== undefined)).toBe(true);

  const where = { folder, env: { ALPHA_DATA_DIR: join(folder, 'data') } };
  const against = await runAlpha(['replay', '--backtest', '--json'], where);
  expect(JSON.parse(against.stdout)).toMatchObject({ identical: true, sameSignals: run.signals.length });
  const again = await runAlpha(['replay', '--diff', '--json'], where);
  expect(JSON.parse(again.stdout)).toMatchObject({ identical: true, compared: { bars: run.bars.length } });
});
