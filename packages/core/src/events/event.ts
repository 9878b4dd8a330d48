import { z } from 'zod';
import { type ControlEvent, controlEvent } from './control.js';
import { type MarketEvent, orderBookEvent, tickerEvent, tradeEvent } from './market.js';
import { type DenialEvent, denialEvent, type OrderEvent, orderEvent } from './order.js';
import { type SignalEvent, signalEvent } from './signal.js';
import { type StatusEvent, statusEvent } from './status.js';
import { type TradingStateEvent, tradingStateEvent } from './trading-state.js';

/** Every event that may stand on the bus. */
export type AlphaEvent =
  | MarketEvent
  | StatusEvent
  | SignalEvent
  | OrderEvent
  | DenialEvent
  | TradingStateEvent
  | ControlEvent;
export type EventType = AlphaEvent['type'];

export const EVENT_SCHEMAS = {
  trade: tradeEvent,
  orderbook: orderBookEvent,
  ticker: tickerEvent,
  status: statusEvent,
  signal: signalEvent,
  order: orderEvent,
  denial: denialEvent,
  trading_state: tradingStateEvent,
  control: controlEvent,
} as const;

export const alphaEvent = z.discriminatedUnion('type', [
  tradeEvent,
  orderBookEvent,
  tickerEvent,
  statusEvent,
  signalEvent,
  orderEvent,
  denialEvent,
  tradingStateEvent,
  controlEvent,
]);
