import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AlphaError } from '@alpha-engine/core';
import { Parser } from '@oclif/core';
import { describe, expect, it } from 'vitest';
import Backtest from '../../src/commands/backtest.js';
import { loadConfig } from '../../src/config/load-config.js';
import { backtestText } from '../../src/output/backtest-text.js';
import type { BacktestRequest } from '../../src/services/backtest/request.js';
import { backtest } from '../../src/services/backtest.js';
import { tempFolder } from '../support/temp-folder.js';

/** A plug-in by its shape alone: loads in no time. `body` is what `create` returns. */
const strategy = (name: string, body: string, params = '(data) => ({ success: true, data })') => `export default {
  apiVersion: 1, name: '${name}', label: '${name}', description: '', params: { safeParse: ${params} },
  create: () => { let bars = 0; return ${body}; },
};`;

const BUYS = '{ onBar(bar, ctx) { bars += 1; if (bars === 2) ctx.enterLong(); if (bars === 5) ctx.exit(); } }';
const FILES = {
  'buys.mjs': strategy('buys', BUYS),
  'flips.mjs': strategy('flips', '{ onBar(bar, ctx) { bars += 1; bars % 2 ? ctx.enterLong() : ctx.enterShort(); } }'),
  'throws.mjs': strategy('throws', "{ onBar() { bars += 1; if (bars === 3) throw new Error('out of ideas'); } }"),
  'asks.mjs': strategy('asks', '{ async onBar() {} }'),
  'greets.mjs': strategy(
    'greets',
    "{ onBar: (bar, ctx) => ctx.enterLong(), onFill() { throw new Error('no thanks'); } }",
  ),
  'stillborn.mjs': strategy('stillborn', "(() => { throw new Error('no model'); })()"),
  'early.mjs': strategy('early', '{ warmup: 4, onBar(bar, ctx) { bars += 1; if (bars < 4) ctx.enterLong(); } }'),
  'risen.csv': csvOf((day) => 100 + day),
  'fallen.csv': csvOf((day) => 200 - day),
  'pair.csv': csvOf(() => 1.085).replace(/2024-01-05,[^\n]*/, '2024-01-05,1.085,1.085,1.08,1.084,1'),
};

/** Eight days. */
function csvOf(price: (day: number) => number): string {
  const rows = Array.from({ length: 8 }, (_, day) => `2024-01-0${day + 1},${`${price(day)},`.repeat(4)}1`);
  return ['time,open,high,low,close,volume', ...rows, ''].join('\n');
}

interface Given extends Partial<BacktestRequest> {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

async function run({ settings = {}, env = {}, ...given }: Given, tables: string | null = null) {
  const folder = given.folder ?? (await tempFolder(FILES));
  const loaded = await loadConfig({ flags: { timeframe: '1d', ...settings }, env, folder });
  const { flags } = await Parser.parse(['--data=ABC=risen.csv', '--strategy=./buys.mjs'], { flags: Backtest.flags });
  return backtest({ ...Backtest.request(flags, loaded), folder, ...given }, null, tables);
}

async function refusal(given: Given): Promise<string> {
  const error = await run(given).then(
    () => new Error('It ran.'),
    (caught: unknown) => caught,
  );
  return AlphaError.is(error) ? `${error.code}: ${error.message}` : String(error);
}

/** Every number in it, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

const TWO = { data: ['UP=risen.csv', 'DOWN=fallen.csv'] };

describe('several strategies and symbols', () => {
  it('share one account, and their parts sum to the whole', async () => {
    const report = await run({
      ...TWO,
      strategies: ['./buys.mjs', 'twice=./buys.mjs@UP', './flips.mjs@DOWN'],
      kind: ['leverage', 'UP=spot'],
      feeRate: ['0.001', 'UP=0'],
    });
    expect(report.strategies.map(({ label, symbols }) => `${label} ${symbols}`)).toEqual([
      'buys UP,DOWN',
      'twice UP',
      'flips DOWN',
    ]);
    expect(report.instruments.map(({ symbol, kind, takerFeeRate }) => `${symbol} ${kind} ${takerFeeRate}`)).toEqual([
      'UP spot 0',
      'DOWN leverage 0.001',
    ]);
    const { finalEquity, initialEquity, feesPaid } = report.metrics;
    for (const parts of [report.byStrategy, report.bySymbol]) {
      expect(parts.reduce((sum, { profit }) => sum + profit, 0)).toBeCloseTo(finalEquity - initialEquity, 9);
      expect(parts.reduce((sum, part) => sum + part.feesPaid, 0)).toBeCloseTo(feesPaid, 9);
    }
    expect(report.bySymbol.map(({ name, feesPaid: fees }) => `${name} ${fees > 0}`)).toEqual(['UP false', 'DOWN true']);
    // Four instances: a quarter of 10 000 each, whole account.
    expect(report.orders[0]).toMatchObject({ strategy: 'flips', size: expect.stringMatching(/^12\.5/) });
    expect(backtestText(report)).toMatch(/twice \(buys\) on UP/);
  });

  it.each<[what: string, given: Given, said: RegExp]>([
    [
      'one twice',
      { strategies: ['./buys.mjs', './buys.mjs'] },
      /^USAGE: Two strategies on ABC are called "buys"\. Name/,
    ],
    [
      'a symbol that is none',
      { feeRate: ['XYZ=1%'] },
      /^USAGE: --fee-rate is "XYZ=1%", and XYZ is no symbol of this run/,
    ],
    ['two fees for one', { feeRate: ['1%', '2%'] }, /^USAGE: --fee-rate is given twice for all symbols\.$/],
    ['a file of nobody', { data: ['A=risen.csv', 'fallen.csv'] }, /^USAGE: --data says of some files/],
    [
      'a parameter of none of them',
      { strategies: ['./buys.mjs', './flips.mjs'], settings: { timeframe: '1d', param: ['fast=1'] } },
      /^USAGE: --param fast is no parameter of buys, flips\./,
    ],
  ])('refuses in one sentence %s', async (_what, given, said) => {
    expect(await refusal(given)).toMatch(said);
  });
});

describe('trading rules', () => {
  it('are those of the exchange for what it lists, flags first, or none', async () => {
    const data = ['BTC_JPY=risen.csv', 'BTC=risen.csv', 'ABC=risen.csv'];
    const rulesOf = async (given: Given) =>
      (await run({ data, ...given })).instruments.map(
        ({ symbol, kind, quote, tickSize, minSize, takerFeeRate, makerFeeRate }) =>
          `${symbol} ${kind} ${quote} ${tickSize} ${minSize} ${takerFeeRate} ${makerFeeRate}`,
      );
    expect(await rulesOf({ tickSize: ['ABC=0.5'] })).toEqual([
      'BTC_JPY leverage JPY 1 0.001 0 0',
      'BTC spot JPY 1 0.00001 0.0005 -0.0001',
      'ABC spot JPY 0.5 0.00000001 0 0',
    ]);
    expect((await rulesOf({ rules: 'none', feeRate: ['BTC=1%'] }))[1]).toBe(
      'BTC spot cash 0.00000001 0.00000001 0.01 0.01',
    );
  });
});

describe('limits', () => {
  const settings = { timeframe: '1d', 'max-position-size': '1' };

  it('hold where they are set, as they would live; the defaults of the engine only when asked for', async () => {
    const free = await run({ size: '2' });
    expect({ limits: free.limits, denials: free.denials.length }).toEqual({ limits: {}, denials: 0 });
    const set = await run({ size: '2', settings });
    expect({ limits: set.limits, denials: set.denials.map(({ code }) => code) }).toEqual({
      limits: { maxPositionSize: '1' },
      denials: ['position_size'],
    });
    const none = await run({ size: '2', settings, limits: 'none' });
    expect({ limits: none.limits, denials: none.denials.length }).toEqual({ limits: {}, denials: 0 });
    const engine = await run({ size: '2', limits: 'engine' });
    expect(engine.limits).toMatchObject({ maxPositionSize: '0.05', maxDrawdown: '0.2', maxOrderValue: '10000' });
    expect(engine.denials.map(({ code }) => code)).toEqual(['position_size']);
  });

  it('and sizes and capital come from the environment as those of the engine do', async () => {
    const report = await run({
      env: { CAPITAL: '5000', ALPHA_ORDER_SIZE: '3', MAX_POSITION_SIZE: '9', MAX_DAILY_LOSS: '100' },
    });
    expect(report.limits).toEqual({ maxPositionSize: '9', maxDailyLoss: '100' });
    expect(report.metrics.initialEquity).toBe(5_000);
    expect(report.orders[0]?.size).toBe('3');
  });
});

describe('what is wrong', () => {
  it.each([
    ['throws on a bar', './throws.mjs', '2024-01-04T00:00:00.000Z', 'out of ideas'],
    ['throws on a fill', './greets.mjs', '2024-01-02T00:00:00.000Z', 'no thanks'],
    ['answers with a promise', './asks.mjs', '2024-01-02T00:00:00.000Z', 'returned a promise'],
  ])('of a strategy that %s is said with its time, and the others go on', async (_what, file, time, message) => {
    const report = await run({ strategies: [file, './buys.mjs'], size: '1' });
    expect(report.failures).toMatchObject([{ time, message: expect.stringContaining(message) }]);
    expect(report.byStrategy.find(({ name }) => name === 'buys')).toMatchObject({ trades: 1 });
  });

  it.each<[what: string, given: Given, said: RegExp]>([
    ['create() that throws', { strategies: ['./stillborn.mjs'] }, /^STRATEGY_INVALID: .*"stillborn".*: no model\./],
    ['an unknown parameter', one('ma-cross', 'speed=1'), /^STRATEGY_PARAM_INVALID: .*speed: unknown; there is/],
    ['a parameter of another type', one('ma-cross', 'fast=quick'), /^STRATEGY_PARAM_INVALID: .*fast: .*number/],
    [
      'an end before the beginning',
      { from: '2024-01-05', to: '2024-01-03' },
      /^USAGE: --from is 2024-01-05 and --to is/,
    ],
    ['a period without bars', { from: '2025-01-01' }, /^DATA_INVALID: There is no bar between --from and --to/],
    ['a size that is none', { size: 'much' }, /^USAGE: --size is "much", and should be a positive number\./],
    ['a fee above 1', { feeRate: ['5'] }, /^USAGE: --fee-rate is "5", and should be a fraction below 1/],
    ['no cash', { cash: '0' }, /^USAGE: --cash is "0", and should be a positive number\.$/],
    [
      'a size below the step',
      { size: '0.5', sizeStep: ['1'] },
      /^USAGE: --size is 0\.5, and the smallest order of ABC is 1/,
    ],
    [
      'bars of trades wanted of bars',
      { settings: { timeframe: '500t' } },
      /^USAGE: .*risen\.csv holds bars, and bars of 500t are made of trades only\. Give files of trades/,
    ],
    ['a kind that is none', { kind: ['margin'] }, /^USAGE: --kind is "margin", and should be spot or leverage\.$/],
  ])('is said in one sentence: %s', async (_what, given, said) => {
    expect(await refusal(given)).toMatch(said);
  });

  it('a signal in the warm-up is none', async () => {
    expect((await run({ strategies: ['./early.mjs'] })).signals).toBe(0);
  });
});

describe('the result', () => {
  it('is JSON whose numbers are numbers, also of one bar and of no trade', async () => {
    for (const given of [{}, { to: '2024-01-02' }, { strategies: ['./early.mjs'] }]) {
      const report = await run(given);
      for (const number of numbersIn(report)) expect(Number.isFinite(number)).toBe(true);
      expect(backtestText(report)).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('has a warning in front where trading costs nothing and nobody said so', async () => {
    const free =
      /^Warning: Trading ABC costs nothing here: neither a fee nor a slippage is set\. Say --fee-rate or --slippage/;
    expect(backtestText(await run({}))).toMatch(free);
    for (const given of [{ slippage: '0' }, { feeRate: ['0'] }, { feeRate: ['0.1%'] }, { slippage: '0.1%' }]) {
      expect((await run(given)).warnings).toEqual([]);
    }
  });

  it('has a warning in front where bars are longer than was said, and where every order was denied', async () => {
    const long = await run({ slippage: '0', settings: { timeframe: '1h' } });
    expect(long.warnings).toEqual([
      expect.stringMatching(/^There is a gap behind every bar of .*: its bars seem long/),
    ]);
    const denied = await run({ slippage: '0', settings: { 'max-order-value': '1' } });
    expect(denied.warnings).toEqual([expect.stringMatching(/^ABC was not traded at all, because all its \d+ orders/)]);
  });

  it('closes at a stop of a price far below one, and warns where a stop cannot be placed', async () => {
    const given = { data: ['ABC=pair.csv'], slippage: '0', settings: { timeframe: '1d', 'stop-loss-pct': '0.1' } };
    const report = await run(given);
    expect(report).toMatchObject({ warnings: [], trades: [{ entryPrice: '1.085', exitPrice: '1.083915' }] });
    const coarse = await run({ ...given, tickSize: ['0.01'] });
    expect(backtestText(coarse)).toMatch(
      /^Warning: \d+ orders that protect positions could not be placed, the first a stop/,
    );
  });

  it('goes into tables for spreadsheets', async () => {
    const folder = await tempFolder(FILES);
    await run({ folder, strategies: ['./flips.mjs'], size: '1', kind: ['leverage'] }, join(folder, 'out/one'));
    const [trades, equity, denials, signals] = await Promise.all(
      ['trades', 'equity', 'denials', 'signals'].map((name) => readFile(join(folder, `out/one/${name}.csv`), 'utf8')),
    );
    expect(trades?.split('\n').slice(0, 2)).toEqual([
      'strategy,symbol,side,opened,closed,size,entryPrice,exitPrice,pnl,fees,return',
      expect.stringMatching(/^flips,ABC,long,2024-01-02T00:00:00.000Z,2024-01-03T00:00:00.000Z,1,101,102,0\.9/),
    ]);
    expect(equity?.trim().split('\n')).toHaveLength(1 + 1 + 8);
    expect(denials).toBe('time,strategy,symbol,action,code,message,signal\n');
    expect(signals?.split('\n').slice(0, 2)).toEqual([
      'time,strategy,symbol,action,confidence,price,reason,id',
      expect.stringMatching(/^2024-01-02T00:00:00.000Z,flips,ABC,enter_long,1,[\d.]+,,[0-9a-f]+$/),
    ]);
  });
});

function one(name: string, param: string): Given {
  return { strategies: [name], settings: { timeframe: '1d', param: [param] } };
}
