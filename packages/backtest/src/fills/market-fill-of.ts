import { AlphaError } from '@alpha-engine/core';
import type { MarketFill } from '@alpha-engine/core/simulation';
import type { FillModel } from './fill-model.js';

/** Throws `USAGE` for a model that fills at the prices of bars. */
export function marketFillOf(model: FillModel): MarketFill {
  if (model === 'book-walk' || model === 'top-of-book' || model === 'trades') return model;
  throw new AlphaError(
    'USAGE',
    `The fill model ${model} is for bars; recorded trades and books take book-walk, top-of-book or trades.`,
  );
}
