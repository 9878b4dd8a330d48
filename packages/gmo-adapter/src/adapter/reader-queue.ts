import type { ExchangeContext, MarketEvent, StatusEvent } from '@alpha-engine/core';
import { BatchQueue } from '../client/batch-queue.js';
import type { FeedMeter } from './feed-meter.js';
import type { FeedStream } from './feed-stream.js';
import { statusEvent } from './status-event.js';

export type FeedEvent = MarketEvent | StatusEvent;

export interface ReaderQueueParts {
  readonly context: ExchangeContext;
  /** Events that may wait. */
  readonly capacity: number;
  readonly streams: readonly FeedStream[];
  readonly meter: FeedMeter;
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Events that wait for the reader when the socket is paused for it. */
const PAUSE_AT = 1_024;
/** A reader that takes nothing for so long is not waited for: what arrives then is queued, and dropped beyond the bound. */
const LONGEST_PAUSE_MS = 2_000;

/** Between the socket and the reader of the feed: a slow reader is first waited for, then queued for, and at last told what it missed. */
export class ReaderQueue {
  readonly #parts: ReaderQueueParts;
  readonly #queue: BatchQueue<FeedEvent>;
  readonly #pauseAt: number;
  /** Runs, or has run out, since the socket was paused; null once the reader has taken what waited. */
  #pause: NodeJS.Timeout | null = null;
  #anyDropped = false;

  constructor(parts: ReaderQueueParts) {
    this.#parts = parts;
    this.#queue = new BatchQueue(parts.capacity);
    this.#pauseAt = Math.min(PAUSE_AT, parts.capacity / 2);
  }

  get size(): number {
    return this.#queue.size;
  }

  push(stream: FeedStream, event: MarketEvent): void {
    if (this.#queue.push(event)) {
      if (this.#pause === null && this.#queue.size >= this.#pauseAt) this.#waitForReader();
      return;
    }
    this.#anyDropped = true;
    stream.dropped ??= { count: 0, fromTs: event.ts, toTs: event.ts };
    stream.dropped.count++;
    stream.dropped.toTs = Math.max(stream.dropped.toTs, event.ts);
  }

  /** There is always room for what became of the feed. */
  tell(event: StatusEvent): void {
    this.#queue.force(event);
  }

  /** What arrived since the last call, as soon as there is something. Null at the end. */
  async take(): Promise<readonly FeedEvent[] | null> {
    const batch = await this.#queue.take();
    this.#goOn();
    if (batch !== null && this.#anyDropped) batch.push(...this.#droppedEvents());
    return batch;
  }

  /** The reader still gets what waits, then the failure if there is one. */
  end(failure?: unknown): void {
    this.#goOn();
    this.#queue.end(failure);
  }

  #waitForReader(): void {
    this.#parts.pause();
    this.#pause = setTimeout(this.#parts.resume, LONGEST_PAUSE_MS);
  }

  #goOn(): void {
    if (this.#pause === null) return;
    clearTimeout(this.#pause);
    this.#pause = null;
    this.#parts.resume();
  }

  #droppedEvents(): StatusEvent[] {
    this.#anyDropped = false;
    const { streams, meter } = this.#parts;
    const { marketClock, logger } = this.#parts.context;
    return streams.flatMap((stream) => {
      const { dropped, channel, symbol } = stream;
      if (dropped === null) return [];
      stream.dropped = null;
      const { count, fromTs, toTs } = dropped;
      const reason = `The reader was too slow: ${count} events were dropped.`;
      logger.error({ symbol, channel, count, fromTs, toTs }, 'Market events were dropped.');
      meter.dropped(stream, count);
      return [
        statusEvent(marketClock.now(), { state: 'dropped', channel, reason, from_ts: fromTs, to_ts: toTs }, symbol),
      ];
    });
  }
}
