import assert from 'node:assert/strict';
import type { Delivery, EntryId, EventBus, Subscription } from '../bus/event-bus.js';
import { type Series, seriesOf } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { ErrorCode } from '../errors/codes.js';
import type { AlphaEvent } from '../events/event.js';
import type { TradeEvent } from '../events/market.js';
import type { Clock } from '../telemetry/clock.js';

/** What a case of the suite gets: as many handles as it asks for, all on the same empty storage. */
export interface EventBusContext {
  /**
   * Another handle on the storage of this case; with a clock, that one decides when an entry of a shared group counts as left.
   * The suite's user closes those a case left open.
   */
  open(clock?: Clock): Promise<EventBus>;
  /** An id of this bus that lies far beyond what a case appends. Default `1000`. */
  readonly farId?: EntryId;
}

export interface EventBusCase {
  readonly name: string;
  run(context: EventBusContext): Promise<void>;
}

/** Milliseconds of wall time that are enough for a wake-up on any machine, and end a test that hangs. */
export const PATIENCE_MS = 10_000;

export function trade(seq: number | null, symbol = 'BTC_JPY'): TradeEvent {
  const event: TradeEvent = {
    type: 'trade',
    exchange: 'gmo',
    symbol,
    ts: 1_732_312_345_000 + (seq ?? 0),
    data: { price: 6_123_456, size: 0.01, side: 'buy' },
  };
  return seq === null ? event : { ...event, seq };
}

/** Consecutive trades of one symbol. */
export function trades(from: number, to: number, symbol?: string): TradeEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => trade(from + index, symbol));
}

/** An event of today's bus that no version of ours can decode: its price is negative. */
export function broken(): AlphaEvent {
  return { ...trade(null), data: { price: -1, size: 0.01, side: 'buy' } };
}

export const TRADES: Series = seriesOf(trade(1));
export const ETHER: Series = seriesOf(trade(1, 'ETH_JPY'));

export async function claimed(bus: EventBus, ...series: readonly Series[]): Promise<number> {
  return (await bus.claim(series.length > 0 ? series : [TRADES])).writer;
}

export async function refused(code: ErrorCode, work: () => Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(AlphaError.is(error, code), `expected ${code}, got ${String(error)}`);
    return true;
  });
}

export function seqs(deliveries: readonly Delivery[]): (number | undefined)[] {
  return deliveries.map(({ event }) => event.seq);
}

/** Sequence numbers on a stream. */
export async function onStream(bus: EventBus, stream = 'md:trade'): Promise<(number | undefined)[]> {
  return seqs(await bus.range(stream, null, 10_000));
}

export async function readNow(subscription: Subscription, limit?: number): Promise<readonly Delivery[]> {
  const { deliveries } = await subscription.read({ waitMs: 0, ...(limit === undefined ? {} : { limit }) });
  return deliveries;
}

export async function lagOf(bus: EventBus, group: string, stream = 'md:trade') {
  const lag = (await bus.lag(group)).find((entry) => entry.stream === stream);
  assert.ok(lag, `group ${group} has a place on ${stream}`);
  return lag;
}
