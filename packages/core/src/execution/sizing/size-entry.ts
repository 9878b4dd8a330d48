import { Decimal } from '../../decimal/decimal.js';
import type { Side } from '../../events/common.js';
import type { Protect } from '../../events/signal.js';
import { type Instrument, roundSize } from '../../instrument/instrument.js';
import { stopPrice } from '../protection/levels.js';

/** How large an entry is. */
export type Sizing = (
  | { readonly kind: 'fixed'; readonly size: Decimal }
  /** Notional = this fraction of the equity; 0.1 means 10 %. */
  | { readonly kind: 'equity'; readonly fraction: Decimal }
  /** What is lost at the stop = this fraction of the equity. */
  | { readonly kind: 'risk'; readonly fraction: Decimal }
) & {
  /** Times the signal's confidence. */
  readonly byConfidence?: boolean;
};

/** What an entry is sized by; all as of now. */
export interface SizingView {
  /** Asked for only where the size depends on it. */
  readonly equity: () => Decimal;
  /** What the entry will pay, about: quote per base; null before the first quote. */
  readonly price: Decimal | null;
  readonly confidence: number;
  readonly protect: Protect;
}

/** A size rounded down to the step, which may be below the minimum; or why there is none, as a full sentence. */
export type SizedEntry = { readonly size: Decimal } | { readonly problem: string };

export function sizeEntry(sizing: Sizing, instrument: Instrument, side: Side, view: SizingView): SizedEntry {
  const wanted = wantedSize(sizing, instrument, side, view);
  if ('problem' in wanted) return wanted;
  const scaled = sizing.byConfidence ? wanted.size.times(Decimal.of(view.confidence)) : wanted.size;
  return { size: roundSize(instrument, scaled) };
}

function wantedSize(sizing: Sizing, instrument: Instrument, side: Side, view: SizingView): SizedEntry {
  if (sizing.kind === 'fixed') return { size: sizing.size };
  const { price, protect } = view;
  if (price === null) return { problem: `No quote of ${instrument.symbol} has come yet to size the entry by.` };
  const equity = view.equity();
  if (!equity.isPositive()) return { problem: `The equity is ${equity}: there is nothing to size an entry by.` };
  const share = equity.times(sizing.fraction);
  if (sizing.kind === 'equity') return { size: share.dividedBy(price) };
  const stop = stopPrice(protect, side, price);
  if (stop === null) return { problem: 'Sizing by risk needs a stop-loss or a trail, and the signal has none.' };
  const distance = side === 'buy' ? price.minus(stop) : stop.minus(price);
  if (!distance.isPositive()) {
    return { problem: `The stop at ${stop} is not on the losing side of the price ${price}.` };
  }
  return { size: share.dividedBy(distance) };
}
