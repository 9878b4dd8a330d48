import { Decimal } from '@alpha-engine/core';
import { type Act, barsOf, instrumentOf, type Play, type Prices, play, scripted } from './play.js';

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

export function actsOf(random: () => number, bars: number): Record<number, Act> {
  const acts: Record<number, Act> = {};
  for (let bar = 0; bar < bars; bar++) if (random() < 0.3) acts[bar] = pick(random, ['long', 'short', 'exit'] as const);
  return acts;
}

export function pricesOf(random: () => number, bars: number): Prices[] {
  let close = 100;
  const cents = (price: number) => Math.max(1, Math.round(price * 100) / 100);
  return Array.from({ length: bars }, () => {
    const open = cents(close * (1 + (random() - 0.5) * 0.02));
    const next = cents(open * (1 + (random() - 0.5) * 0.06));
    const high = cents(Math.max(open, next) * (1 + random() * 0.03));
    const low = cents(Math.min(open, next) * (1 - random() * 0.03));
    close = next;
    return [open, Math.max(high, open, next), Math.min(low, open, next), next];
  });
}

/** Daily bars without end, two strategies that act at random, fees on every fill. */
export function randomRun(random: () => number, bars: number): Play & { readonly closes: readonly number[] } {
  const fees = { takerFeeRate: Decimal.of('0.0007'), makerFeeRate: Decimal.of('-0.0001') };
  const instruments = [{ ...instrumentOf(), ...fees, sizeStep: Decimal.of('0.001'), minSize: Decimal.of('0.001') }];
  const strategies = ['one', 'two'].map((label) => scripted(actsOf(random, bars), { trail: { percent: 9 } }, label));
  const prices = pricesOf(random, bars);
  const run = play(strategies, barsOf(prices), {
    instruments,
    sizing: { kind: 'equity', fraction: Decimal.of('0.4') },
  });
  return { ...run, closes: prices.map(([, , , close]) => close) };
}
