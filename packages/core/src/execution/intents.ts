import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs, Side } from '../events/common.js';
import type { Instrument } from '../instrument/instrument.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Lot } from '../ledger/lot.js';
import { clientOrderId } from '../orders/client-order-id.js';
import type { OrderTerms } from '../orders/order.js';
import type { Intent } from '../risk/check.js';
import type { IdentifiedSignal } from './executor-state.js';
import { ordersOf, sellable } from './sizing.js';

interface Leg {
  readonly side: Side;
  readonly effect: 'open' | 'close';
  readonly size: Decimal;
  readonly positionId?: string;
}

/**
 * Turns a signal into the orders it needs, from what its strategy holds now. A signal whose target is met already (an entry
 * in the direction held, an exit when flat) needs none: it is approved and nothing is sent. A reversal closes first; its
 * opening leg has the last number and waits for the fills of the others.
 */
export function planIntent(
  signal: IdentifiedSignal,
  instrument: Instrument | null,
  ledger: Ledger,
  orderSize: Decimal,
  now: EpochMs,
): Intent {
  const { strategy, symbol, action } = signal;
  const legs = instrument === null ? [] : legsOf(signal, instrument, ledger, orderSize);
  const orders = legs.map(
    (leg, number): OrderTerms => ({
      clientOrderId: clientOrderId(signal.id, number, 0),
      exchange: signal.exchange,
      symbol,
      strategy,
      signalId: signal.id,
      leg: number,
      purpose: leg.effect === 'open' ? 'entry' : 'exit',
      type: 'market',
      timeInForce: 'ioc',
      createdTs: now,
      ...leg,
    }),
  );
  return { signalId: signal.id, strategy, symbol, action, signalTs: signal.ts, orders };
}

function legsOf(signal: IdentifiedSignal, instrument: Instrument, ledger: Ledger, orderSize: Decimal): readonly Leg[] {
  const { action, strategy, symbol } = signal;
  if (action === 'hold') return [];
  if (instrument.kind === 'spot')
    return spotLegs(action, sellable(instrument, ledger.size(strategy, symbol)), instrument, orderSize);

  const lots = ledger.lots(symbol).filter((lot) => lot.strategy === strategy);
  if (action === 'exit') return closes(lots, instrument);
  const side: Side = action === 'enter_long' ? 'buy' : 'sell';
  const against = closes(
    lots.filter((lot) => lot.side !== side),
    instrument,
  );
  const held = lots.some((lot) => lot.side === side);
  return held ? against : [...against, { side, effect: 'open', size: orderSize }];
}

function spotLegs(
  action: 'enter_long' | 'enter_short' | 'exit',
  held: Decimal,
  instrument: Instrument,
  orderSize: Decimal,
): readonly Leg[] {
  if (action === 'enter_long') return held.isZero() ? [{ side: 'buy', effect: 'open', size: orderSize }] : [];
  // A short is denied by the gate whatever is planned.
  if (action === 'enter_short') return [];
  return ordersOf(instrument, held).map((size) => ({ side: 'sell', effect: 'close', size }));
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
