import type { ExchangeFill } from '../../exchange/broker.js';
import type { TrackedOrder } from '../../orders/order-ledger.js';
import type { StepContext } from '../step-context.js';
import { nearer, stopPrice, targetPrice } from './levels.js';

/** Below these legs are the orders of signals. */
const FIRST_LEG = 1_000;

/** Begins to protect what an entry just filled, or takes more of the same position into account. */
export function guardFill(context: StepContext, tracked: TrackedOrder, fill: ExchangeFill): void {
  const { state, instruments } = context;
  const { symbol, strategy, signalId, side, effect } = tracked.order.terms;
  const { protect } = tracked;
  if (effect !== 'open' || protect === null || Object.keys(protect).length === 0) return;
  const spot = instruments.get(symbol)?.kind === 'spot';
  const positionId = spot ? null : (fill.positionId ?? fill.executionId);
  const key = `${symbol} ${positionId ?? strategy}`;
  const entry =
    positionId === null
      ? state.ledger.position(context.config.exchange, strategy, symbol).averagePrice
      : (state.ledger.lot(symbol, positionId)?.price ?? fill.price);
  const known = state.guards.get(key);
  const stop = stopPrice(protect, side, entry);
  const moved = known?.stopPrice ?? null;
  state.guards.set(key, {
    ...{ symbol, strategy, signalId, positionId, side, protect },
    leg: known?.leg ?? FIRST_LEG + state.guardCount++,
    placed: known?.placed ?? 0,
    stopPrice: stop !== null && moved !== null && protect.trail !== undefined ? nearer(side, stop, moved) : stop,
    targetPrice: targetPrice(protect, side, entry),
    best: known?.best ?? entry.toNumber(),
    closing: known?.closing ?? null,
    clearedFor: known?.clearedFor ?? null,
    failed: known?.failed ?? null,
    stuck: known?.stuck ?? false,
    notBeforeWallTs: known?.notBeforeWallTs ?? 0,
  });
}
