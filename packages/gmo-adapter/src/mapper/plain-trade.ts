import type { EpochMs, TradeEvent } from '@alpha-engine/core';
import { EXCHANGE } from './exchange.js';
import { parseIsoTime } from './iso-time.js';
import { parsePlainNumber } from './plain-number.js';

/** `{"channel":"trades","price":"13659677","side":"BUY","size":"0.003","symbol":"BTC_JPY","timestamp":"2026-09-23T03:25:49.286Z"}` */
const LETTERS =
  /^\{"channel":"trades","price":"([\d.]{1,32})","side":"(BUY|SELL)","size":"([\d.]{1,32})","symbol":"(\w{1,64})","timestamp":"([\d:.TZ-]{24})"\}$/;

/**
 * Reads a trade in the very letters in which GMO Coin sends it, in a third of the time of `JSON.parse`. Null for anything else, which may
 * still be a trade: the slow way has the word, and a property test holds the two together.
 */
export function readPlainTrade(text: string, recvTs: EpochMs): TradeEvent | null {
  const found = LETTERS.exec(text);
  if (found === null) return null;
  const price = parsePlainNumber(found[1]);
  const size = parsePlainNumber(found[3]);
  const ts = parseIsoTime(found[5]);
  if (!(price > 0 && size > 0 && ts >= 0)) return null;
  const data = { price, size, side: found[2] === 'BUY' ? 'buy' : 'sell' } as const;
  return { type: 'trade', exchange: EXCHANGE, symbol: found[4]!, ts, data, recv_ts: recvTs };
}
