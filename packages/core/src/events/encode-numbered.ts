import type { EpochMs } from './common.js';
import type { AlphaEvent } from './event.js';
import type { MarketEvent, TickerEvent, TradeEvent } from './market.js';

type Place = Pick<AlphaEvent, 'type' | 'exchange' | 'symbol'>;

/** How every event of a series begins, for `encodeNumbered`. */
export function headOf({ type, exchange, symbol }: Place): string {
  return `${JSON.stringify({ type, exchange, symbol }).slice(0, -1)},"ts":`;
}

/**
 * The event with this number, as JSON. Trades and tickers are written by hand: `JSON.stringify` of an event that was copied to get
 * its number costs three times as much.
 */
export function encodeNumbered(head: string, event: AlphaEvent, seq: number | undefined): string {
  switch (event.type) {
    case 'trade':
      return envelope(head, event, tradeData(event.data), seq);
    case 'ticker':
      return envelope(head, event, tickerData(event.data), seq);
    case 'orderbook':
      return envelope(head, event, JSON.stringify(event.data), seq);
    default:
      return JSON.stringify(seq === undefined ? event : { ...event, seq });
  }
}

function envelope(
  head: string,
  { ts, recv_ts, origin, v }: MarketEvent,
  data: string,
  seq: number | undefined,
): string {
  let text = `${head}${number(ts)},"data":${data}`;
  if (recv_ts !== undefined) text += received(recv_ts);
  if (seq !== undefined) text += `,"seq":${seq}`;
  if (origin !== undefined) text += `,"origin":${JSON.stringify(origin)}`;
  if (v !== undefined) text += `,"v":${number(v)}`;
  return `${text}}`;
}

let receivedAt = Number.NaN;
let receivedText = '';
/** Written once for all that came in the same millisecond. */
function received(recvTs: EpochMs): string {
  if (recvTs !== receivedAt) {
    receivedAt = recvTs;
    receivedText = `,"recv_ts":${number(recvTs)}`;
  }
  return receivedText;
}

function tradeData({ price, size, side }: TradeEvent['data']): string {
  const said = side === 'buy' ? '"buy"' : side === 'sell' ? '"sell"' : JSON.stringify(side);
  return `{"price":${number(price)},"size":${number(size)},"side":${said}}`;
}

function tickerData({ bid, ask, last, high, low, volume }: TickerEvent['data']): string {
  const quotes = `{"bid":${number(bid)},"ask":${number(ask)},"last":${number(last)}`;
  return `${quotes},"high":${number(high)},"low":${number(low)},"volume":${number(volume)}}`;
}

/** As `JSON.stringify` writes what is no number: whoever reads the event refuses it, and only it. */
function number(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
