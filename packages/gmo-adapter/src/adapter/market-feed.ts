import {
  AlphaError,
  type ExchangeContext,
  type FeedSubscription,
  type MarketEvent,
  type MarketEventType,
  type MarketFeed,
  type StatusEvent,
} from '@alpha-engine/core';
import { BatchQueue } from '../client/batch-queue.js';
import type { Budget } from '../client/budget.js';
import { resolveEndpoints } from '../client/endpoints.js';
import { GmoSocket, type SocketSubscription } from '../client/gmo-socket.js';
import { hostLimits } from '../client/limits.js';
import { DEFAULT_TIMINGS, type SocketTimings } from '../client/timings.js';
import { type FrameError, type FrameRejection, mapMarketFrame } from '../mapper/market-frame.js';
import { assertListed } from './instruments.js';
import { GmoMarketHistory } from './market-history.js';
import { statusEvent } from './status-event.js';

export interface FeedOptions {
  readonly timings?: Partial<SocketTimings>;
  /** Events that wait for a slow reader before new ones are dropped. */
  readonly capacity?: number;
  /** Default: the one that all sockets of this process at this host share. */
  readonly commands?: Budget;
  /** For the look at `/v1/symbols`. */
  readonly timeoutMs?: number;
}

type FeedEvent = MarketEvent | StatusEvent;

const CHANNELS = { trade: 'trades', orderbook: 'orderbooks', ticker: 'ticker' } as const;
/** Trades first: a missed one is lost, a book or ticker comes again. */
const ALL_CHANNELS: readonly MarketEventType[] = ['trade', 'orderbook', 'ticker'];
const DEFAULT_CAPACITY = 100_000;

/**
 * GMO Coin's public WebSocket.
 *
 * *Dropping*: when the reader is so slow that `capacity` events wait, what arrives is dropped until it takes them; each symbol and
 * channel then gets a `dropped` status that says from when to when (`from_ts`, `to_ts`) and how many, at the place of the loss.
 */
export class GmoMarketFeed implements MarketFeed {
  readonly #context: ExchangeContext;
  readonly #options: FeedOptions;

  constructor(context: ExchangeContext, options: FeedOptions = {}) {
    this.#context = context;
    this.#options = options;
  }

  async *subscribe(subscription: FeedSubscription, signal: AbortSignal): AsyncIterable<readonly FeedEvent[]> {
    const symbols = [...new Set(subscription.symbols)];
    if (symbols.length === 0) {
      throw new AlphaError('CONFIG_INVALID', 'No symbol is given. Name at least one, for example SYMBOLS=BTC_JPY.');
    }
    const { timeoutMs } = this.#options;
    const context = { ...this.#context, signal };
    const history = new GmoMarketHistory(context, timeoutMs === undefined ? {} : { timeoutMs });
    const instruments = await history.instruments().catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (instruments === null) return;
    assertListed(symbols, instruments);
    if (signal.aborted) return;

    const session = new FeedSession(this.#context, this.#options, symbols, subscription.channels ?? ALL_CHANNELS);
    const stop = new AbortController();
    const running = session.run(AbortSignal.any([signal, stop.signal]));
    try {
      for (let batch = await session.take(); batch !== null; batch = await session.take()) yield batch;
    } finally {
      stop.abort();
      await running;
    }
  }
}

/** What is known of one symbol on one channel. */
interface Stream {
  readonly key: string;
  readonly symbol: string;
  readonly channel: MarketEventType;
  /** Data came on the present connection. */
  live: boolean;
  lastTs: number | null;
  dropped: { count: number; fromTs: number; toTs: number } | null;
}

/** One subscription from its first connection to its end. */
class FeedSession {
  readonly #context: ExchangeContext;
  readonly #queue: BatchQueue<FeedEvent>;
  readonly #socket: GmoSocket;
  readonly #streams: readonly Stream[];
  readonly #bySymbol = new Map<string, Partial<Record<MarketEventType, Stream>>>();
  readonly #oddities = new Map<string, number>();
  #anyDropped = false;
  #connected = false;
  /** The outage in hand has been told. */
  #outageTold = false;
  #maintenanceTold = false;
  #stopping = false;

  constructor(
    context: ExchangeContext,
    options: FeedOptions,
    symbols: readonly string[],
    channels: readonly MarketEventType[],
  ) {
    this.#context = context;
    this.#queue = new BatchQueue(options.capacity ?? DEFAULT_CAPACITY);
    const { wsPublicUrl } = resolveEndpoints(context.endpoints);
    this.#streams = ALL_CHANNELS.filter((channel) => channels.includes(channel)).flatMap((channel) =>
      symbols.map((symbol) => newStream(symbol, channel)),
    );
    for (const stream of this.#streams) {
      this.#bySymbol.set(stream.symbol, { ...this.#bySymbol.get(stream.symbol), [stream.channel]: stream });
    }
    this.#socket = new GmoSocket({
      url: async () => wsPublicUrl,
      subscriptions: this.#streams.map(subscriptionOf),
      commands: options.commands ?? hostLimits(wsPublicUrl).commands,
      timings: { ...DEFAULT_TIMINGS, ...options.timings },
      logger: context.logger,
      on: {
        opened: () => this.#opened(),
        frame: (text) => this.#frame(text),
        settled: () => undefined,
        refused: (subscription, error) => this.#refused(subscription, error),
        closed: (reason, httpStatus) => this.#closed(reason, httpStatus),
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => {
      this.#stopping = true;
    });
    try {
      await this.#socket.run(signal);
      this.#queue.end();
    } catch (error) {
      this.#queue.end(error);
    } finally {
      const counts = Object.fromEntries(this.#oddities);
      if (this.#oddities.size > 0) this.#context.logger.warn({ counts }, 'Frames of GMO Coin that could not be used.');
    }
  }

  async take(): Promise<readonly FeedEvent[] | null> {
    const batch = await this.#queue.take();
    if (batch !== null && this.#anyDropped) batch.push(...this.#droppedEvents());
    return batch;
  }

  #opened(): void {
    this.#connected = true;
    this.#outageTold = false;
    this.#maintenanceTold = false;
    for (const stream of this.#streams) stream.live = false;
    this.#status({ state: 'connected' });
  }

  #closed(reason: string, httpStatus: number | undefined): void {
    if (this.#connected || !this.#outageTold) this.#status({ state: 'disconnected', reason });
    this.#connected = false;
    this.#outageTold = true;
    // Only maintenance answers the handshake with 503.
    if (httpStatus === 503 && !this.#maintenanceTold) {
      this.#maintenanceTold = true;
      this.#status({ state: 'maintenance', reason });
    }
    const { logger } = this.#context;
    if (this.#stopping) logger.debug({ reason }, 'The market data of GMO Coin have ended.');
    else logger.warn({ reason, httpStatus }, 'No connection to the market data of GMO Coin; trying again.');
  }

  #refused(subscription: SocketSubscription, error: FrameError): void {
    const stream = this.#streams.find(({ key }) => key === subscription.key);
    if (stream === undefined) return;
    this.#status({ state: 'degraded', channel: stream.channel, reason: error.text }, stream.symbol);
  }

  #frame(text: string): void {
    const frame = mapMarketFrame(text, this.#context.marketClock.now());
    if (frame.type === 'rejected') this.#odd(frame.reason, text);
    else if (frame.type === 'error') this.#socket.fault(frame);
    else this.#event(frame, text);
  }

  #event(frame: MarketEvent, text: string): void {
    const stream = this.#bySymbol.get(frame.symbol)?.[frame.type];
    if (stream === undefined) {
      this.#odd('not_subscribed', text);
      return;
    }
    if (!stream.live) this.#becomesLive(stream, frame.ts);
    stream.lastTs = stream.lastTs === null ? frame.ts : Math.max(stream.lastTs, frame.ts);
    if (!this.#queue.push(frame)) this.#drop(stream, frame.ts);
  }

  #becomesLive(stream: Stream, ts: number): void {
    const { symbol, channel, lastTs } = stream;
    stream.live = true;
    this.#socket.confirm(stream.key);
    if (lastTs !== null) this.#status({ state: 'gap', channel, from_ts: lastTs, to_ts: Math.max(ts, lastTs) }, symbol);
    this.#status({ state: 'subscribed', channel }, symbol);
  }

  #drop(stream: Stream, ts: number): void {
    this.#anyDropped = true;
    stream.dropped ??= { count: 0, fromTs: ts, toTs: ts };
    stream.dropped.count++;
    stream.dropped.toTs = Math.max(stream.dropped.toTs, ts);
  }

  #droppedEvents(): StatusEvent[] {
    this.#anyDropped = false;
    const now = this.#context.marketClock.now();
    return this.#streams.flatMap((stream) => {
      const { dropped, channel, symbol } = stream;
      if (dropped === null) return [];
      stream.dropped = null;
      const { count, fromTs, toTs } = dropped;
      const reason = `The reader was too slow: ${count} events were dropped.`;
      this.#context.logger.error({ symbol, channel, count, fromTs, toTs }, 'Market events were dropped.');
      return [statusEvent(now, { state: 'dropped', channel, reason, from_ts: fromTs, to_ts: toTs }, symbol)];
    });
  }

  /** Counted always, logged once a kind. */
  #odd(kind: FrameRejection['reason'] | 'not_subscribed', text: string): void {
    const count = (this.#oddities.get(kind) ?? 0) + 1;
    this.#oddities.set(kind, count);
    if (count > 1) return;
    const sample = text.slice(0, 200);
    this.#context.logger.warn(
      { kind, sample },
      'GMO Coin sent a frame that cannot be used; more of this kind are only counted.',
    );
  }

  #status(data: StatusEvent['data'], symbol?: string): void {
    this.#queue.force(statusEvent(this.#context.marketClock.now(), data, symbol));
  }
}

function newStream(symbol: string, channel: MarketEventType): Stream {
  return { key: `${CHANNELS[channel]} ${symbol}`, symbol, channel, live: false, lastTs: null, dropped: null };
}

function subscriptionOf({ key, symbol, channel }: Stream): SocketSubscription {
  const command = { command: 'subscribe', channel: CHANNELS[channel], symbol };
  return {
    key,
    command: channel === 'trade' ? { ...command, option: 'TAKER_ONLY' } : command,
    // Books repeat every five seconds, tickers come every few; trades may be silent for hours.
    expectsData: channel !== 'trade',
  };
}
