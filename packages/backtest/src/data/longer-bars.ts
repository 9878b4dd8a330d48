import { AlphaError, type Bar, divides, mergeBars, type Timeframe } from '@alpha-engine/core';
import type { BarSource } from './bar-source.js';

/**
 * Bars of one symbol put together to longer ones, as a stream. An interval without bars has none; a last one that is not over is left out, for nobody
 * would have seen it closed. Throws `USAGE` when bars of `from` do not make up bars of `to`.
 */
export function longerBars(source: BarSource, from: Timeframe, to: Timeframe): BarSource {
  if (from === to) return source;
  if (!divides(from, to)) {
    throw new AlphaError('USAGE', `Bars of ${from} cannot be put together to bars of ${to}.`, {
      context: { from, to },
    });
  }
  return { bars: () => merged(source, to), provenance: () => source.provenance() };
}

async function* merged(source: BarSource, timeframe: Timeframe): AsyncGenerator<readonly Bar[]> {
  let open: Bar | undefined;
  let endTs = 0;
  for await (const bars of source.bars()) {
    endTs = bars.at(-1)?.closeTs ?? endTs;
    const longer = mergeBars(open === undefined ? bars : [open, ...bars], timeframe);
    open = longer.pop();
    if (longer.length > 0) yield longer;
  }
  if (open !== undefined && endTs >= open.closeTs) yield [open];
}
