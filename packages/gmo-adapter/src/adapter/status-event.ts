import { ALL_SYMBOLS, type EpochMs, type StatusEvent } from '@alpha-engine/core';
import { EXCHANGE } from '../mapper/exchange.js';

/** A status event of the whole connection, or of one symbol. `ts` is market time. */
export function statusEvent(ts: EpochMs, data: StatusEvent['data'], symbol: string = ALL_SYMBOLS): StatusEvent {
  return { type: 'status', exchange: EXCHANGE, symbol, ts, data };
}
