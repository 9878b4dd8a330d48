import { SimulatedExchange, type SimulatedExchangeOptions } from '@alpha-engine/core/simulation';
import type { BacktestOptions } from './backtest-options.js';

/** The exchange of a run: the cash in the quote currency, no coins. */
export function exchangeOf(
  { cash, feeRounding = 'none', instruments, leverageRules }: BacktestOptions,
  model: Pick<SimulatedExchangeOptions, 'queue' | 'slippage'> = {},
): SimulatedExchange {
  const quote = instruments[0]?.quote ?? '';
  return new SimulatedExchange({
    instruments,
    balances: { [quote]: cash, ...Object.fromEntries(instruments.map(({ base }) => [base, '0'])) },
    feeRounding,
    leverageRules,
    ...model,
  });
}
