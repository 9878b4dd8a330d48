import { AlphaError, type Bar, divides, TimeBarBuilder, type Timeframe } from '@alpha-engine/core';
import type { BarSource } from './bar-source.js';

/**
 * Bars of one symbol put together to longer ones, as a stream, by the builder that builds them live. An interval without bars has none; a first one that
 * the data begin inside of is left out, and a last one that is not over, for nobody would have seen it whole. Throws `USAGE` when bars of `from`
 * do not make up bars of `to`.
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
  let builder: TimeBarBuilder | undefined;
  for await (const bars of source.bars()) {
    const longer: Bar[] = [];
    for (const bar of bars) {
      builder ??= new TimeBarBuilder({ ...bar, timeframe });
      longer.push(...builder.merge(bar));
    }
    if (longer.length > 0) yield longer;
  }
}
