import { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { Protect } from '../events/signal.js';
import type { Instrument } from '../instrument/instrument.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Lot } from '../ledger/lot.js';
import { clientOrderId } from '../orders/client-order-id.js';
import type { OrderTerms } from '../orders/order.js';
import type { Intent, ProtectiveLevels } from '../risk/check.js';
import type { IdentifiedSignal } from './executor-state.js';
import type { Mark } from './mark.js';
import { type OrderPolicy, placing } from './policies/order-policy.js';
import { stopPrice, targetPrice } from './protection/levels.js';
import { ordersOf, sellable } from './sizing/order-sizes.js';
import { type Sizing, sizeEntry } from './sizing/size-entry.js';

/** What an intent is planned by; all as of now. */
export interface PlanningView {
  /** Null: not traded here. */
  readonly instrument: Instrument | null;
  readonly ledger: Ledger;
  readonly equity: () => Decimal;
  readonly mark: Mark | null;
  readonly sizing: Sizing;
  readonly policy: { readonly entry: OrderPolicy; readonly exit: OrderPolicy };
  readonly protect: Protect;
  readonly now: EpochMs;
}

interface Leg {
  readonly side: Side;
  readonly effect: 'open' | 'close';
  readonly size: Decimal;
  readonly positionId?: string;
}

/** Where a strategy stands before its signal: what must be closed first, and whether the signal opens something then. */
interface Wish {
  readonly closes: readonly Leg[];
  readonly opens: Side | null;
}

/**
 * Turns a signal into the orders it needs, from what its strategy holds now. A signal whose target is met already (an entry
 * in the direction held, an exit when flat) needs none: it is approved and nothing is sent. A reversal closes first; its
 * opening leg has the last number and waits for the fills of the others.
 */
export function planIntent(signal: IdentifiedSignal, view: PlanningView): Intent {
  const { strategy, symbol, action } = signal;
  const { confidence, price_ref: priceRef } = signal;
  const intent = { signalId: signal.id, strategy, symbol, action, signalTs: signal.ts, confidence, priceRef };
  const { instrument } = view;
  if (instrument === null) return { ...intent, orders: [] };

  const { closes, opens } = wishOf(signal, instrument, view.ledger);
  if (opens === null) return { ...intent, orders: termsOf(signal, instrument, view, closes) };
  const price = view.mark === null ? null : Decimal.of(opens === 'buy' ? view.mark.ask : view.mark.bid);
  const { equity, protect } = view;
  const sized = sizeEntry(view.sizing, instrument, opens, { equity, price, confidence, protect });
  const opening: Leg = { side: opens, effect: 'open', size: 'size' in sized ? sized.size : Decimal.zero };
  const orders = termsOf(signal, instrument, view, closes.length === 0 ? [opening] : [...closes, opening]);
  const planned: { -readonly [Key in keyof Intent]: Intent[Key] } = { orders, ...intent };
  const protection = protectionOf(view.protect, opens, orders.at(-1)?.price ?? price);
  if (protection !== null) planned.protection = protection;
  if (!('size' in sized)) planned.unsized = sized.problem;
  return planned;
}

function protectionOf(protect: Protect, side: Side, entry: Decimal | null): ProtectiveLevels | null {
  if (entry === null) return null;
  const stop = stopPrice(protect, side, entry);
  const target = targetPrice(protect, side, entry);
  return stop === null && target === null ? null : { side, entry, stop, target };
}

function termsOf(
  signal: IdentifiedSignal,
  instrument: Instrument,
  { policy, mark, now }: PlanningView,
  legs: readonly Leg[],
): readonly OrderTerms[] {
  const { exchange, id: signalId, strategy, symbol } = signal;
  return legs.map((leg, number) => {
    const purpose = leg.effect === 'open' ? 'entry' : 'exit';
    return {
      clientOrderId: clientOrderId(signalId, number, 0),
      exchange,
      symbol,
      strategy,
      signalId,
      leg: number,
      purpose,
      ...placing(policy[purpose], instrument, leg.side, mark),
      createdTs: now,
      ...leg,
    };
  });
}

function wishOf({ action, strategy, symbol }: IdentifiedSignal, instrument: Instrument, ledger: Ledger): Wish {
  if (action === 'hold') return { closes: [], opens: null };
  const side: Side = action === 'enter_short' ? 'sell' : 'buy';
  if (instrument.kind === 'spot') {
    const held = sellable(instrument, ledger.size(strategy, symbol));
    if (action === 'enter_long') return { closes: [], opens: held.isZero() ? side : null };
    // A short is denied by the gate whatever is planned.
    if (action === 'enter_short') return { closes: [], opens: null };
    return { closes: ordersOf(instrument, held).map((size) => ({ side: 'sell', effect: 'close', size })), opens: null };
  }
  const lots = ledger.lots(symbol).filter((lot) => lot.strategy === strategy);
  if (action === 'exit') return { closes: closes(lots, instrument), opens: null };
  const against = lots.filter((lot) => lot.side !== side);
  return { closes: closes(against, instrument), opens: against.length === lots.length ? side : null };
}

/** One order per lot: only a close that names its lot leaves other strategies' lots alone. */
function closes(lots: readonly Lot[], instrument: Instrument): readonly Leg[] {
  return lots.flatMap(({ side, size, positionId }) =>
    ordersOf(instrument, size).map(
      (part): Leg => ({
        side: side === 'buy' ? 'sell' : 'buy',
        effect: 'close',
        size: part,
        positionId,
      }),
    ),
  );
}
