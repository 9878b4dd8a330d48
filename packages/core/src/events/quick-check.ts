import { EVENT_VERSION } from './common.js';
import type { MarketEvent } from './market.js';

const EXCHANGE = /^[a-z][a-z0-9_-]*$/;

/**
 * Recognises a market event without the schema, which costs twenty times as much on a full order book. What it says yes to
 * the schema accepts unchanged (a property test holds the two together); anything unusual, an unknown field or a wrong
 * value, is a no, and the schema has the word.
 */
export function isPlainMarketEvent(raw: unknown): raw is MarketEvent {
  if (!isRecord(raw) || !isRecord(raw.data) || !hasEnvelope(raw)) return false;
  switch (raw.type) {
    case 'trade':
      return isTrade(raw.data);
    case 'orderbook':
      return isBook(raw.data);
    case 'ticker':
      return isTicker(raw.data);
    default:
      return false;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function hasEnvelope(event: Fields): boolean {
  let required = 0;
  for (const name in event) {
    const value = event[name];
    switch (name) {
      case 'type':
      case 'data':
        break;
      case 'exchange':
        if (typeof value !== 'string' || !EXCHANGE.test(value)) return false;
        required += 1;
        break;
      case 'symbol':
        if (typeof value !== 'string' || value.length === 0 || value.length > 64) return false;
        required += 1;
        break;
      case 'ts':
        if (!isCount(value, 0)) return false;
        required += 1;
        break;
      case 'recv_ts':
        if (!isCount(value, 0)) return false;
        break;
      case 'v':
        if (!isCount(value, 1) || (value as number) > EVENT_VERSION) return false;
        break;
      case 'seq':
        if (!isCount(value, 1)) return false;
        break;
      case 'origin':
        if (value !== 'live' && value !== 'backfill' && value !== 'replay') return false;
        break;
      default:
        return false;
    }
  }
  return required === 3;
}

function isTrade(data: Fields): boolean {
  for (const name in data) if (name !== 'price' && name !== 'size' && name !== 'side') return false;
  return isPositive(data.price) && isPositive(data.size) && (data.side === 'buy' || data.side === 'sell');
}

function isTicker(data: Fields): boolean {
  for (const name in data) {
    if (name === 'volume') continue;
    if (name !== 'bid' && name !== 'ask' && name !== 'last' && name !== 'high' && name !== 'low') return false;
  }
  return (
    isPositive(data.bid) &&
    isPositive(data.ask) &&
    isPositive(data.last) &&
    isPositive(data.high) &&
    isPositive(data.low) &&
    isNotNegative(data.volume)
  );
}

function isBook(data: Fields): boolean {
  for (const name in data) {
    if (name === 'checksum') {
      if (typeof data.checksum !== 'string') return false;
    } else if (name !== 'is_snapshot' && name !== 'bids' && name !== 'asks') return false;
  }
  return typeof data.is_snapshot === 'boolean' && areLevels(data.bids, -1) && areLevels(data.asks, 1);
}

/** Pairs of price and size, the price going in one direction: 1 up, -1 down. */
function areLevels(levels: unknown, direction: 1 | -1): boolean {
  if (!Array.isArray(levels)) return false;
  let before = direction === 1 ? 0 : Number.POSITIVE_INFINITY;
  for (let index = 0; index < levels.length; index++) {
    const level: unknown = levels[index];
    if (!Array.isArray(level) || level.length !== 2) return false;
    const price: unknown = level[0];
    if (!isPositive(price) || !isNotNegative(level[1])) return false;
    if (direction === 1 ? price <= before : price >= before) return false;
    before = price;
  }
  return true;
}

function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY;
}

function isNotNegative(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
