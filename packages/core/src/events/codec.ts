import { AlphaError } from '../errors/alpha-error.js';
import { EVENT_VERSION } from './common.js';
import { type AlphaEvent, EVENT_SCHEMAS, type EventType } from './event.js';
import type { OrderBookEvent } from './market.js';
import { isPlainMarketEvent } from './quick-check.js';

/** JSON in one field: any language reads it, and for small flat events it is as fast as binary encodings. */
export function encodeEvent(event: AlphaEvent): string {
  return JSON.stringify(event);
}

/** Decodes and validates. Throws `EVENT_INVALID` for anything that is not an event of ours; unknown fields are dropped. */
export function decodeEvent(text: string): AlphaEvent {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw invalid('It is not JSON.', text, cause);
  }
  return parseEvent(raw);
}

/** Validates a decoded value, which may come back as it is. Throws `EVENT_INVALID`. */
export function parseEvent(raw: unknown): AlphaEvent {
  if (isPlainMarketEvent(raw)) return raw;
  const { type, v }: { type?: unknown; v?: unknown } = typeof raw === 'object' && raw !== null ? raw : {};
  // A newer version may have new types too: this is said first.
  if (typeof v === 'number' && v > EVENT_VERSION) {
    throw refused(
      `Only a newer release can read this event: its schema version is ${v}; this release reads up to ${EVENT_VERSION}.`,
      raw,
    );
  }
  if (typeof type !== 'string' || !Object.hasOwn(EVENT_SCHEMAS, type)) {
    throw invalid(`Its type is ${JSON.stringify(type)}.`, raw);
  }
  const result = EVENT_SCHEMAS[type as EventType].safeParse(raw);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalid(`At ${issue?.path.join('.') || 'the root'}: ${issue?.message}.`, raw, result.error);
  }
  if (type === 'orderbook') assertBookOrder(result.data as OrderBookEvent);
  return result.data;
}

function assertBookOrder(event: OrderBookEvent): void {
  if (!descends(event.data.bids) || !ascends(event.data.asks)) {
    throw invalid('Bids must descend and asks ascend in price.', event);
  }
}

function descends(levels: OrderBookEvent['data']['bids']): boolean {
  for (let i = 1; i < levels.length; i++) if (levels[i]![0] >= levels[i - 1]![0]) return false;
  return true;
}

function ascends(levels: OrderBookEvent['data']['asks']): boolean {
  for (let i = 1; i < levels.length; i++) if (levels[i]![0] <= levels[i - 1]![0]) return false;
  return true;
}

function invalid(what: string, raw: unknown, cause?: unknown): AlphaError {
  return refused(`This is not an event of Alpha Market Engine. ${what}`, raw, cause);
}

function refused(sentence: string, raw: unknown, cause?: unknown): AlphaError {
  const sample = (typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw))).slice(0, 200);
  return new AlphaError('EVENT_INVALID', sentence, { context: { sample }, cause });
}
