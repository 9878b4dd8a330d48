import type { Numbers } from './statistics.js';

/** A fall below a peak, until the peak is reached again. */
export interface Drawdown {
  readonly peakTs: number;
  readonly troughTs: number;
  /** Null: not recovered when the series ended. */
  readonly recoveredTs: number | null;
  /** Fraction of the peak; 0.2 is 20 %. */
  readonly depth: number;
  /** From the peak to the recovery, or to the end of the series. */
  readonly durationMs: number;
}

/** Every fall below a peak above zero, in order. */
export function drawdownsOf(times: Numbers, equity: Numbers): readonly Drawdown[] {
  const found: Drawdown[] = [];
  let peak = Number.NEGATIVE_INFINITY;
  let peakTs = 0;
  let troughTs = 0;
  /** Of the fall under way; zero where there is none. */
  let depth = 0;
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] as number;
    const ts = times[i] as number;
    if (value >= peak) {
      if (depth > 0) found.push({ peakTs, troughTs, recoveredTs: ts, depth, durationMs: ts - peakTs });
      depth = 0;
      peak = value;
      peakTs = ts;
      continue;
    }
    // Of a peak that is nothing, or a debt, no fall has a depth.
    if (!(peak > 0)) continue;
    const fallen = (peak - value) / peak;
    if (fallen <= depth) continue;
    depth = fallen;
    troughTs = ts;
  }
  const lastTs = times[times.length - 1] as number;
  if (depth > 0) found.push({ peakTs, troughTs, recoveredTs: null, depth, durationMs: lastTs - peakTs });
  return found;
}
