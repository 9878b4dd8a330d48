import { AlphaError } from '@alpha-engine/core';
import type { FillOptions } from './fill-model.js';

/** Throws `USAGE` for what needs more than bars tell. */
export function refuseForBars({ latency, model, queue }: FillOptions): void {
  const wrong =
    model !== 'bar-path' && model !== 'next-open'
      ? `The fill model ${model} needs recorded trades or books; bars tell neither: use bar-path or next-open.`
      : queue !== undefined
        ? `The queue model ${queue} needs order books, and bars tell of none: leave it out.`
        : latency !== undefined
          ? 'A latency needs recorded trades or books: between the prices of a bar there is no time to be late in. Leave it out.'
          : null;
  if (wrong !== null) throw new AlphaError('USAGE', wrong);
}
