import { Decimal, type MarketEvent, type Protect } from '@alpha-engine/core';
import { draws, type Latency, NO_LATENCY } from '@alpha-engine/core/simulation';
import { expect, it } from 'vitest';
import { type Act, instrumentOf } from '../support/play.js';
import { atTrades, book, playTape, type TapePlay, ticker, trade } from '../support/play-tape.js';

const RUNS = 6;
const SECONDS = 90;
const PROTECTIONS: readonly (Protect | undefined)[] = [
  undefined,
  { stop_loss: { percent: 0.5 } },
  { take_profit: { percent: 0.4 } },
  { stop_loss: { percent: 0.4 }, take_profit: { percent: 0.4 } },
  { trail: { percent: 0.3 } },
];
const LATENCIES: readonly Latency[] = [
  NO_LATENCY,
  {
    feed: { kind: 'log-normal', medianMs: 30, sigma: 0.5 },
    order: { kind: 'uniform', fromMs: 20, toMs: 700 },
    answer: { kind: 'constant', ms: 150 },
  },
];

/** Whatever is traded and however late, curve, books and exchange say the same, and what is left untold changes nothing. */
it('ends with one equity in the curve, in the books and at the exchange', () => {
  const seed = Number(process.env.ALPHA_SEED ?? 11);
  const random = draws(seed);
  for (let index = 0; index < RUNS; index++) {
    const hint = `seed ${seed}, run ${index}`;
    const fees = { takerFeeRate: Decimal.of('0.0004'), makerFeeRate: Decimal.of('-0.0001') };
    const fine = { sizeStep: Decimal.of('0.01'), minSize: Decimal.of('0.01') };
    const instruments = [{ ...instrumentOf(index % 2 === 0 ? 'leverage' : 'spot'), ...fees, ...fine }];
    const { acts, events } = tapeOf(random);
    const protect = pick(random, PROTECTIONS);
    const model = pick(random, ['book-walk', 'top-of-book', 'trades'] as const);
    const options = {
      instruments,
      sizing: { kind: 'fixed', size: Decimal.of('2.5') },
      leverageRules: index % 4 === 0 ? 'gmo' : 'none',
      fill: {
        ...{ model, slippage: pick(random, [0, 0.0002]), slippageOn: 'all' as const },
        latency: pick(random, LATENCIES),
        ...(model !== 'trades' && { queue: pick(random, ['through', 'conservative', 'proportional'] as const) }),
      },
    } as const;
    const strategy = () => atTrades(acts, protect === undefined ? {} : { protect });
    const { result, run } = playTape(strategy(), events, options);
    const books = run.engine.executor.books();
    const last = [...run.prices().values()][0] ?? 0;
    const worth = books.positions.map(({ averagePrice, fees: paid, realizedPnl, size }) =>
      realizedPnl
        .minus(paid)
        .plus(size.times(Decimal.of(last).minus(averagePrice)))
        .toNumber(),
    );
    expect(result.orders.length, hint).toBeGreaterThan(1);
    expect(
      worth.reduce((sum, one) => sum + one, 10_000),
      hint,
    ).toBeCloseTo(result.metrics.finalEquity, 6);
    expect(
      result.alarms.filter((alarm) => alarm.includes('balances')),
      hint,
    ).toEqual([]);
    expect(books.balancesAgree, hint).toBe(true);
    expect(books.reconciled, hint).toEqual(['ABC']);
    const gained = [...result.trades, ...result.openTrades].reduce((sum, { pnl }) => sum + pnl.toNumber(), 0);
    expect(gained, hint).toBeCloseTo(result.metrics.finalEquity - 10_000, 6);
    // A limit of loss that is never reached has every quote told.
    expect(plain(playTape(strategy(), events, { ...options, maxDrawdown: '1000' })), hint).toEqual(
      plain({ result, run }),
    );
  }
});

function plain({ result }: TapePlay) {
  const { metrics, orders, trades } = result;
  return {
    metrics,
    trades: trades.map(({ entryPrice, exitPrice, pnl }) => `${entryPrice} ${exitPrice} ${pnl}`),
    orders: orders.map(({ filledSize, status, terms }) => `${status} ${terms.purpose} ${filledSize}`),
  };
}

/** Two events a second around a walking price; every tenth trade something is decided. */
function tapeOf(random: () => number): { readonly acts: Record<number, Act>; readonly events: MarketEvent[] } {
  const acts: Record<number, Act> = {};
  const events: MarketEvent[] = [];
  let price = 100;
  for (let second = 0; second < SECONDS; second++) {
    const ms = second * 1_000;
    price = Math.round((price + (random() - 0.5) * 0.4) * 100) / 100;
    const level = (away: number): [number, number] => [
      Math.round((price + away) * 100) / 100,
      Math.ceil(random() * 300) / 100,
    ];
    events.push(book(ms, [level(-0.02), level(-0.05), level(-0.1)], [level(0.02), level(0.05), level(0.1)]));
    if (second % 3 === 0) events.push(ticker(ms + 100, price - 0.02, price + 0.02));
    const side = random() < 0.5 ? 'buy' : 'sell';
    events.push(trade(ms + 400, price + (side === 'buy' ? 0.02 : -0.02), Math.ceil(random() * 500) / 100, side));
    if (second > 0 && random() < 0.1) acts[ms + 400] = pick(random, ['long', 'short', 'exit'] as const);
  }
  acts[1_400] = 'long';
  acts[60_400] = 'exit';
  return { acts, events };
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}
