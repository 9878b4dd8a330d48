import type { TrialOptions } from '@alpha-engine/backtest/search';
import { Decimal } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';

/** The crossover of two averages, all of the equity, 0.05 % a fill. */
export function sweepOptions(): TrialOptions {
  const feeRate = Decimal.of('0.0005');
  return {
    instances: [
      {
        strategy: maCross,
        params: { fast: 10, slow: 30 },
        exchange: 'gmo',
        symbol: 'BTC',
        timeframe: '1m',
        codeHash: 'bench',
      },
    ],
    instruments: [
      {
        exchange: 'gmo',
        symbol: 'BTC',
        kind: 'spot',
        base: 'BTC',
        quote: 'USDT',
        tickSize: Decimal.of('0.01'),
        sizeStep: Decimal.of('0.00001'),
        minSize: Decimal.of('0.00001'),
        maxSize: Decimal.of('1000'),
        takerFeeRate: feeRate,
        makerFeeRate: feeRate,
      },
    ],
    cash: 100_000,
    sizing: { kind: 'equity', fraction: Decimal.of('0.99') },
    fill: { model: 'bar-path', slippage: 0, slippageOn: 'all' },
    leverageRules: 'none',
  };
}
