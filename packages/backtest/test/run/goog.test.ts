import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Decimal, type Strategy } from '@alpha-engine/core';
import { expect, test } from 'vitest';
import smaCrossover from '../../../../examples/sma-crossover.js';
import { CsvBars, dailyEquity, runBacktest } from '../../src/index.js';
import { instrumentOf } from '../support/play.js';

const BESIDE_REPOSITORY = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const FILE = join(process.env.ALPHA_RECORDINGS ?? BESIDE_REPOSITORY, 'backtesting_py/GOOG.csv.gz');

const found = existsSync(FILE);
if (!found) console.info(`No ${FILE}; set ALPHA_RECORDINGS to the folder of recordings to test with it.`);

/** Published elsewhere with another engine, and reproduced by hand from the same file: docs/backtest.md says how. */
test.skipIf(!found)('the crossover of GOOG comes to the published figures, to the cent', async () => {
  const instrument = instrumentOf('leverage', 'GOOG');
  const source = new CsvBars({ files: [FILE], exchange: 'gmo', symbol: 'GOOG', timeframe: '1d' });
  const { curve, metrics, trades, openTrades, denials, alarms } = await runBacktest(source, {
    instances: [
      {
        strategy: smaCrossover as unknown as Strategy,
        params: { fast: 10, slow: 20 },
        exchange: 'gmo',
        symbol: 'GOOG',
        timeframe: '1d',
        codeHash: 'test',
      },
    ],
    instruments: [instrument],
    cash: '10000',
    sizing: { kind: 'equity', fraction: Decimal.of(1) },
    fill: { model: 'bar-path', slippage: 0.002, slippageOn: 'entries' },
    leverageRules: 'none',
  });
  const percent = (fraction: number | null) => ((fraction ?? Number.NaN) * 100).toFixed(2);
  expect({
    final: metrics.finalEquity.toFixed(2),
    peak: metrics.equityPeak?.toFixed(2),
    return: percent(metrics.totalReturn),
    buyAndHold: percent(metrics.buyAndHoldReturn),
    trades: metrics.trades,
    open: openTrades.length,
    won: percent(metrics.winRate),
    best: percent(metrics.bestReturn),
    worst: percent(metrics.worstReturn),
    maxDrawdown: percent(metrics.maxDrawdown),
    averageDrawdown: percent(metrics.averageDrawdown),
    exposure: percent(metrics.exposure),
    sqn: metrics.sqn?.toFixed(2),
    calmar: metrics.calmar?.toFixed(2),
  }).toEqual({
    final: '68935.12',
    peak: '68991.22',
    return: '589.35',
    buyAndHold: '703.46',
    trades: 93,
    open: 1,
    won: '53.76',
    best: '57.12',
    worst: '-16.63',
    maxDrawdown: '33.08',
    averageDrawdown: '5.58',
    exposure: '97.07',
    sqn: '1.78',
    calmar: '0.77',
  });
  // Those that are defined otherwise there, by their definitions; their series begins at the first close.
  const daily = dailyEquity(curve.times, curve.values).equity.slice(1);
  const returns = daily.slice(1).map((equity, index) => equity / (daily[index] as number) - 1);
  // Its growth counts the first day as one without a change.
  const growth = geometricMean([0, ...returns]);
  const yearly = (1 + growth) ** 252 - 1;
  const mean = sum(returns) / returns.length;
  const variance = sum(returns.map((value) => (value - mean) ** 2)) / (returns.length - 1);
  const volatility = Math.sqrt((variance + (1 + growth) ** 2) ** 252 - (1 + growth) ** 504);
  const downside = Math.sqrt(sum(returns.map((value) => Math.min(value, 0) ** 2)) / returns.length);
  const ofTrades = trades.map((trade) => trade.return);
  expect({
    yearly: percent(yearly),
    volatility: percent(volatility),
    sharpe: (yearly / volatility).toFixed(2),
    sortino: (yearly / (downside * Math.sqrt(252))).toFixed(2),
    averageTrade: percent(geometricMean(ofTrades)),
    profitFactor: (sum(ofTrades.filter((value) => value > 0)) / -sum(ofTrades.filter((value) => value < 0))).toFixed(2),
  }).toEqual({
    yearly: '25.42',
    volatility: '38.43',
    sharpe: '0.66',
    sortino: '1.30',
    averageTrade: '1.96',
    profitFactor: '2.13',
  });
  expect({ denials, alarms }).toEqual({ denials: [], alarms: [] });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function geometricMean(returns: readonly number[]): number {
  return Math.exp(sum(returns.map((value) => Math.log1p(value))) / returns.length) - 1;
}
