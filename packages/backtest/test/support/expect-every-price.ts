import { Decimal, type Protect } from '@alpha-engine/core';
import { draws } from '@alpha-engine/core/simulation';
import { expect } from 'vitest';
import { barsOf, instrumentOf, type Play, type Prices, play, scripted } from './play.js';
import { actsOf, pick } from './random-run.js';

const BARS = 60;

/**
 * Runs that pass over prices at which nothing happens, and the same with every price told: both must come to the same. Prices reach from
 * a hundred to thirty ticks, where a stop of a percent cannot rest.
 */
export function expectEveryPrice(runs: number): void {
  const seed = Number(process.env.ALPHA_SEED ?? Date.now() % 1_000_000);
  console.info(`ALPHA_SEED=${seed}`);
  for (let index = 0; index < runs; index++) {
    const random = draws(seed + index);
    const kind = pick(random, ['spot', 'leverage'] as const);
    const symbols = random() < 0.3 ? ['ABC', 'DEF'] : ['ABC'];
    // Cheap ones first, where most goes wrong.
    const base = index % 3 < 2 ? 0.3 : pick(random, [100, 3]);
    const bars = symbols.flatMap((symbol, nth) => barsOf(wildPrices(random, base * (nth + 1)), symbol));
    bars.sort((a, b) => a.openTs - b.openTs);
    const options = {
      instruments: symbols.map((symbol) => instrumentOf(kind, symbol)),
      fill: {
        model: random() < 0.8 ? 'bar-path' : 'next-open',
        slippage: pick(random, [0, 0.001]),
        slippageOn: pick(random, ['all', 'entries'] as const),
      },
      leverageRules: pick(random, ['gmo', 'none'] as const),
      sizing: pick(random, [
        { kind: 'fixed', size: Decimal.of(20) },
        { kind: 'equity', fraction: Decimal.of('0.4') },
      ] as const),
    } as const;
    const acts = actsOf(random, BARS);
    const protect = protectOf(random);
    // A limit of loss that is never reached has every price told.
    const every = play(scripted(acts, protect), bars, { ...options, maxDrawdown: '1000000' });
    expect(plain(play(scripted(acts, protect), bars, options)), `ALPHA_SEED=${seed + index}`).toEqual(plain(every));
  }
}

/** Moves of up to six percent a bar, in cents. */
function wildPrices(random: () => number, base: number): Prices[] {
  let last = base;
  const cents = (price: number) => Math.max(0.01, Math.round(price * 100) / 100);
  return Array.from({ length: BARS }, () => {
    const open = last * (1 + (random() - 0.5) * 0.02);
    const close = open * (1 + (random() - 0.5) * 0.12);
    const high = Math.max(open, close) * (1 + random() * 0.04);
    const low = Math.min(open, close) * (1 - random() * 0.04);
    last = close;
    return [cents(open), cents(high), cents(low), cents(close)] as const;
  });
}

function protectOf(random: () => number): Protect | undefined {
  if (random() < 0.2) return undefined;
  const level = () => ({ percent: 1 + Math.round(random() * 8) });
  return { ...(random() < 0.7 && { stop_loss: level() }), ...(random() < 0.7 && { take_profit: level() }) };
}

function plain({ result: { metrics, trades } }: Play) {
  return {
    trades: trades.map(({ closedTs, entryPrice, exitPrice, openedTs, pnl }) => {
      return `${openedTs} ${closedTs} ${entryPrice} ${exitPrice} ${pnl}`;
    }),
    equity: metrics.finalEquity.toFixed(6),
  };
}
