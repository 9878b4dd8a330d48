import { Decimal, type Protect } from '@alpha-engine/core';
import { draws } from '@alpha-engine/core/simulation';
import { expect } from 'vitest';
import { barsOf, instrumentOf, type Play, play, scripted } from './play.js';
import { actsOf, pick, pricesOf } from './random-run.js';

const BARS = 30;
const PROTECTIONS: readonly (Protect | undefined)[] = [
  undefined,
  { stop_loss: { percent: 3 } },
  { take_profit: { percent: 3 } },
  { stop_loss: { percent: 2 }, take_profit: { percent: 2 } },
  { trail: { percent: 3 } },
];

/** Whatever is traded, the curve in plain numbers, the books of the executor and the account at the exchange say the same. */
export function expectAgreement(runs: number): void {
  const seed = Number(process.env.ALPHA_SEED ?? Date.now() % 1_000_000);
  console.info(`ALPHA_SEED=${seed}`);
  const random = draws(seed);
  for (let index = 0; index < runs; index++) {
    const kind = index % 2 === 0 ? 'leverage' : 'spot';
    const leverageRules = index % 3 === 0 ? 'gmo' : 'none';
    const fees = { takerFeeRate: Decimal.of('0.0007'), makerFeeRate: Decimal.of('-0.0001') };
    const instruments = [
      { ...instrumentOf(kind), ...fees, sizeStep: Decimal.of('0.001'), minSize: Decimal.of('0.001') },
    ];
    const strategies = ['one', 'two'].map((label) => scripted(actsOf(random, BARS), pick(random, PROTECTIONS), label));
    const bars = barsOf(pricesOf(random, BARS));
    const options = {
      instruments,
      leverageRules,
      sizing: { kind: 'equity', fraction: Decimal.of('0.4') },
      fill: {
        model: pick(random, ['bar-path', 'next-open'] as const),
        slippage: pick(random, [0, 0.001]),
        slippageOn: pick(random, ['all', 'entries'] as const),
      },
    } as const;
    const { result, run } = play(strategies, bars, options);
    const books = run.engine.executor.books();
    const hint = `seed ${seed}, run ${index}`;
    const last = bars.at(-1)?.close ?? 0;
    const worth = books.positions.map(({ averagePrice, fees, realizedPnl, size }) =>
      realizedPnl
        .minus(fees)
        .plus(size.times(Decimal.of(last).minus(averagePrice)))
        .toNumber(),
    );
    const equity = worth.reduce((total, one) => total + one, 10_000);
    expect(equity, hint).toBeCloseTo(result.metrics.finalEquity, 6);
    expect(books.balancesAgree, hint).toBe(true);
    expect(books.reconciled, hint).toEqual(['ABC']);
    // A limit of loss that is never reached has every price told: what is left out otherwise must change nothing.
    const told = play(strategies, bars, { ...options, maxDrawdown: '1000' });
    expect(plain(told), hint).toEqual(plain({ result, run }));
    const gained = [...result.trades, ...result.openTrades].reduce((total, { pnl }) => total + pnl.toNumber(), 0);
    expect(gained, hint).toBeCloseTo(result.metrics.finalEquity - 10_000, 6);
  }
}

function plain({ result }: Play) {
  const { metrics, orders, trades } = result;
  const fills = orders.map(({ filledSize, status, terms }) => `${status} ${terms.purpose} ${filledSize}`);
  return {
    trades: trades.map(({ entryPrice, exitPrice, pnl }) => `${entryPrice} ${exitPrice} ${pnl}`),
    metrics,
    fills,
  };
}
