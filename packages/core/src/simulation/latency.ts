import { AlphaError } from '../errors/alpha-error.js';
import { draws } from './draws.js';

/** How long one leg takes, milliseconds. */
export type Delay =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly fromMs: number; readonly toMs: number }
  /** Half take less than the median; `sigma` is the standard deviation of the logarithm. */
  | { readonly kind: 'log-normal'; readonly medianMs: number; readonly sigma: number }
  /** As measured: `[share, ms]`, share ascending from 0 to 1; linear between them. */
  | { readonly kind: 'quantiles'; readonly points: readonly (readonly [share: number, ms: number])[] };

/**
 * - `feed`: from the exchange's time of a market event to the strategies and the executor;
 * - `order`: from a decision to the exchange: orders, changes, cancels and questions;
 * - `answer`: from the exchange to the executor: answers, order updates and fills.
 */
export const LEGS = ['feed', 'order', 'answer'] as const;
export type Leg = (typeof LEGS)[number];

export type Latency = Readonly<Record<Leg, Delay>> & {
  /** Of the draws; the same seed draws the same delays. Default 1. */
  readonly seed?: number;
};

const NOTHING: Delay = { kind: 'constant', ms: 0 };

export const NO_LATENCY: Latency = { feed: NOTHING, order: NOTHING, answer: NOTHING };

/** Nothing was measured: what a home connection to an exchange in the same country has, rather more than less. */
export const ASSUMED_LATENCY: Latency = {
  feed: { kind: 'constant', ms: 50 },
  order: { kind: 'constant', ms: 100 },
  answer: { kind: 'constant', ms: 100 },
};

export function isInstant(delay: Delay): boolean {
  return delay.kind === 'constant' && delay.ms === 0;
}

/** Draws the delays of one leg, from a line of draws of its own. Throws `CONFIG_INVALID` for a delay that makes no sense. */
export function delaysOf(latency: Latency, leg: Leg): () => number {
  const delay = latency[leg];
  assertDelay(delay, leg);
  const draw = draws((latency.seed ?? 1) * 3 + LEGS.indexOf(leg));
  switch (delay.kind) {
    case 'constant':
      return () => delay.ms;
    case 'uniform':
      return () => delay.fromMs + draw() * (delay.toMs - delay.fromMs);
    case 'log-normal':
      return () => delay.medianMs * Math.exp(delay.sigma * normal(draw));
    case 'quantiles':
      return () => quantile(delay.points, draw());
  }
}

function quantile(points: readonly (readonly [number, number])[], share: number): number {
  const above = points.findIndex(([at]) => at >= share);
  const [toShare, to] = points[above] ?? (points.at(-1) as readonly [number, number]);
  const [fromShare, from] = points[above - 1] ?? [toShare, to];
  return toShare === fromShare ? to : from + ((share - fromShare) / (toShare - fromShare)) * (to - from);
}

function assertDelay(delay: Delay, leg: Leg): void {
  const wrong = problemOf(delay);
  if (wrong !== null) throw new AlphaError('CONFIG_INVALID', `The latency of the ${leg} leg is wrong: ${wrong}.`);
}

function problemOf(delay: Delay): string | null {
  const isTime = (ms: number): boolean => Number.isFinite(ms) && ms >= 0;
  switch (delay.kind) {
    case 'constant':
      return isTime(delay.ms) ? null : `${delay.ms} ms is no time`;
    case 'uniform':
      return isTime(delay.fromMs) && isTime(delay.toMs) && delay.fromMs <= delay.toMs
        ? null
        : `${delay.fromMs} to ${delay.toMs} ms is no range of times`;
    case 'log-normal':
      return isTime(delay.medianMs) && isTime(delay.sigma)
        ? null
        : `a median of ${delay.medianMs} ms with a sigma of ${delay.sigma} is no distribution of times`;
    case 'quantiles': {
      const { points } = delay;
      const ascends = points.every(
        ([share, ms], index) =>
          isTime(ms) && (index === 0 || (share > (points[index - 1]?.[0] ?? 0) && ms >= (points[index - 1]?.[1] ?? 0))),
      );
      const whole = points[0]?.[0] === 0 && points.at(-1)?.[0] === 1;
      return ascends && whole ? null : 'its quantiles do not ascend from share 0 to share 1';
    }
  }
}

/** Standard normal, by Box and Muller. */
function normal(draw: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}
