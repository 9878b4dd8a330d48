// node back-test-file.js <trades.jsonl.gz>: what a process of its own is measured by.
import { EventFiles, runBacktest } from '@alpha-engine/backtest';
import { Decimal } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { INSTRUMENT } from '../backtest/bars.js';

const [, , file] = process.argv;
if (file === undefined) throw new Error('Which file?');
const exchange = 'bitflyer';
const symbol = 'BTC_JPY';
await runBacktest(new EventFiles({ files: [file], exchange, symbol }), {
  instances: [
    { strategy: maCross, params: { fast: 3, slow: 8 }, exchange, symbol, timeframe: '1m', codeHash: 'bench' },
  ],
  instruments: [{ ...INSTRUMENT, exchange, symbol }],
  cash: 10_000_000,
  sizing: { kind: 'fixed', size: Decimal.of('0.01') },
  fill: { model: 'trades', slippage: 0, slippageOn: 'all' },
  leverageRules: 'none',
});
