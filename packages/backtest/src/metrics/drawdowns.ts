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
  let fall: { troughTs: number; depth: number } | null = null;
  const close = (ts: number, recovered: boolean) => {
    if (fall === null) return;
    const recoveredTs = recovered ? ts : null;
    found.push({ peakTs, troughTs: fall.troughTs, recoveredTs, depth: fall.depth, durationMs: ts - peakTs });
    fall = null;
  };
  for (let i = 0; i < equity.length; i++) {
    const value = equity[i] as number;
    const ts = times[i] as number;
    if (value >= peak) {
      close(ts, true);
      peak = value;
      peakTs = ts;
      continue;
    }
    // Of a peak that is nothing, or a debt, no fall has a depth.
    if (!(peak > 0)) continue;
    const depth = (peak - value) / peak;
    if (fall === null || depth > (fall as { depth: number }).depth) fall = { troughTs: ts, depth };
  }
  if (equity.length > 0) close(times[times.length - 1] as number, false);
  return found;
}
