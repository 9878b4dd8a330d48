import type { EpochMs, MarketEvent, StatusEvent } from '@alpha-engine/core';
import { GmoSocket, type SocketSubscription } from '../client/gmo-socket.js';
import { type FrameRejection, mapMarketFrame } from '../mapper/market-frame.js';
import { ExchangeWatch } from './exchange-watch.js';
import { FeedMeter } from './feed-meter.js';
import type { FeedSessionParts } from './feed-session-parts.js';
import type { FeedStream } from './feed-stream.js';
import { type Expected, HushWatch } from './hush-watch.js';
import { lookAtStream, markSilent } from './look-at-stream.js';
import { Oddities } from './oddities.js';
import { ReadMoment } from './read-moment.js';
import { type FeedEvent, ReaderQueue } from './reader-queue.js';
import { statusEvent } from './status-event.js';
import { newDesk, type SymbolDesk } from './symbol-desk.js';

const METER_MS = 1_000;
const LATER_TRADE = 'The ticker told of a trade that did not come before a later one.';

/**
 * One subscription from its first connection to its end. Owns the socket, the queue to its reader, a timer that looks at the age of
 * the data, the poll of the exchange's status and a healer for the trades of each symbol; all end with `run`.
 */
export class FeedSession {
  readonly #parts: FeedSessionParts;
  readonly #queue: ReaderQueue;
  readonly #socket: GmoSocket;
  readonly #desks: readonly SymbolDesk[];
  readonly #bySymbol: ReadonlyMap<string, SymbolDesk>;
  readonly #streams: readonly FeedStream[];
  readonly #byKey: ReadonlyMap<string, FeedStream>;
  readonly #exchange: ExchangeWatch;
  readonly #meter: FeedMeter;
  readonly #hush: HushWatch;
  readonly #moment: ReadMoment;
  readonly #oddities: Oddities;
  readonly #tried: Promise<void>;
  /** The first connection or its failure is what a feed says first. */
  #hasTried: () => void = () => undefined;
  #connected = false;
  /** The outage in hand has been told. */
  #outageTold = false;
  #stopping = false;

  constructor(parts: FeedSessionParts) {
    this.#parts = parts;
    const { context, wsUrl, commands, timings, history } = parts;
    this.#tried = new Promise((resolve) => {
      this.#hasTried = resolve;
    });
    this.#desks = parts.symbols.map((symbol) => this.#newDesk(symbol));
    this.#bySymbol = new Map(this.#desks.map((desk) => [desk.symbol, desk]));
    this.#streams = this.#desks.flatMap(({ streams }) => Object.values(streams));
    this.#byKey = new Map(this.#streams.map((stream) => [stream.subscription.key, stream]));
    this.#oddities = new Oddities(context.logger);
    this.#hush = new HushWatch(timings, performance.now());
    this.#moment = new ReadMoment(context.marketClock);
    this.#meter = new FeedMeter(context.metrics, this.#streams, performance.now());
    this.#queue = new ReaderQueue({
      context,
      capacity: parts.capacity,
      streams: this.#streams,
      meter: this.#meter,
      pause: () => this.#socket.pause(),
      resume: () => this.#socket.resume(),
    });
    this.#exchange = new ExchangeWatch({
      history,
      pollMs: timings.statusPollMs,
      logger: context.logger,
      tell: (data) => this.#status(data),
    });
    this.#socket = new GmoSocket({
      url: async () => wsUrl,
      subscriptions: this.#streams.map(({ subscription }) => subscription),
      commands,
      timings,
      logger: context.logger,
      on: {
        opened: () => this.#opened(),
        frame: (text) => this.#frame(text),
        read: (subscription) => this.#read(subscription),
        refused: (subscription, error) => this.#refused(subscription, error.text),
        throttled: (subscriptions, pauseMs) => {
          const reason = `GMO Coin refused a command for coming too soon; it is sent again after ${pauseMs} ms.`;
          for (const subscription of subscriptions) this.#refused(subscription, reason);
        },
        closed: (reason, httpStatus) => this.#closed(reason, httpStatus),
      },
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => {
      this.#stopping = true;
    });
    const ended = new AbortController();
    const polling = this.#tried.then(() => this.#exchange.run(AbortSignal.any([signal, ended.signal])));
    const looking = this.#startLooking();
    let failure: unknown;
    try {
      await this.#socket.run(signal);
    } catch (error) {
      failure = error;
    }
    clearInterval(looking);
    ended.abort();
    this.#hasTried();
    await polling;
    this.#queue.end(failure);
    const { logger } = this.#parts.context;
    const trades = this.#heldTrades;
    if (trades > 0)
      logger.warn({ trades }, 'Live trades that wait for a backfill are left to the next start, which reads both.');
    this.#oddities.report();
  }

  /** What arrived since the last call, as soon as there is something. Null at the end. */
  take(): Promise<readonly FeedEvent[] | null> {
    return this.#queue.take();
  }

  #newDesk(symbol: string): SymbolDesk {
    return newDesk(symbol, this.#parts, {
      trade: (stream, event) => this.#queue.push(stream, event),
      status: (stream, data) => this.#statusOf(stream, data),
      backfilled: (count) => this.#meter.backfilled(symbol, count),
    });
  }

  #opened(): void {
    this.#connected = true;
    this.#hush.opened();
    this.#outageTold = false;
    this.#meter.connected(true);
    this.#hasTried();
    this.#exchange.opened();
    for (const stream of this.#streams) {
      stream.asked = false;
      stream.unservedMs = stream.channel === 'trade' ? this.#parts.timings.unservedMs : Number.POSITIVE_INFINITY;
      stream.live = false;
      stream.stale = false;
    }
    this.#status({ state: 'connected' });
    for (const { healer, evidence } of this.#desks) {
      healer?.opened(evidence.forget());
    }
  }

  /** The exchange has read this subscription: from now on its silence counts. */
  #read({ key }: SocketSubscription): void {
    const stream = this.#byKey.get(key);
    if (stream === undefined) return;
    stream.asked = true;
    stream.watch.restart(performance.now());
    if (stream.channel === 'trade') this.#bySymbol.get(stream.symbol)?.healer?.asked();
  }

  #closed(why: string, httpStatus: number | undefined): void {
    // Nobody was met at this address: it may be the wrong one.
    const unmet = !this.#connected && !this.#stopping && httpStatus !== 503;
    const reason = unmet ? `${why.replace(/\.?$/, '.')} Check the network, WS_PUBLIC_URL and the exchange.` : why;
    if (this.#connected || !this.#outageTold) this.#status({ state: 'disconnected', reason });
    this.#connected = false;
    this.#outageTold = true;
    this.#meter.disconnected();
    this.#hasTried();
    for (const { healer } of this.#desks) healer?.closed();
    // Only maintenance answers the handshake with 503.
    if (httpStatus === 503) this.#exchange.saw('maintenance', reason);
    const { logger } = this.#parts.context;
    if (this.#stopping) logger.debug({ reason }, 'The market data of GMO Coin have ended.');
    else logger.warn({ reason, httpStatus }, 'No connection to the market data of GMO Coin; trying again.');
  }

  #refused(subscription: SocketSubscription, reason: string): void {
    const stream = this.#byKey.get(subscription.key);
    if (stream === undefined) return;
    this.#statusOf(stream, { state: 'degraded', channel: stream.channel, reason });
  }

  #frame(text: string): void {
    if (this.#hush.heard()) this.#speaksAgain();
    const frame = mapMarketFrame(text, this.#moment.now.marketTs);
    if (frame.type === 'rejected') this.#rejected(frame.reason, text);
    else if (frame.type === 'error') {
      this.#meter.refused();
      this.#socket.fault(frame);
    } else this.#event(frame, text);
  }

  #event(frame: MarketEvent, text: string): void {
    const desk = this.#bySymbol.get(frame.symbol);
    const stream = desk?.streams[frame.type];
    if (desk === undefined || stream === undefined) {
      this.#oddities.saw('not_subscribed', text);
      return;
    }
    stream.received++;
    stream.lastRecvTs = frame.recv_ts ?? frame.ts;
    if (!stream.live) this.#becomesLive(stream, frame.ts);
    if (stream.lastTs === null || frame.ts > stream.lastTs) stream.lastTs = frame.ts;
    if (frame.type === 'trade') {
      if (desk.evidence.trade(frame.ts)) void this.#doubt(stream, LATER_TRADE);
      if (desk.healer?.holds(frame) === true) return;
    }
    if (frame.type === 'ticker' && desk.streams.trade?.asked === true) {
      desk.evidence.ticker(frame, desk.streams.trade.received, this.#moment.now.at);
    }
    this.#queue.push(stream, frame);
  }

  /** Trades are spoken for by their healer. */
  #becomesLive(stream: FeedStream, ts: EpochMs): void {
    const { channel, lastTs, subscription } = stream;
    stream.live = true;
    this.#socket.confirm(subscription.key);
    if (channel === 'trade') return;
    if (lastTs !== null) {
      const reason = 'GMO Coin tells no past order books and tickers.';
      this.#statusOf(stream, { state: 'gap', channel, from_ts: lastTs, to_ts: Math.max(ts, lastTs), reason });
    }
    this.#statusOf(stream, { state: 'subscribed', channel });
  }

  /** Trades carry no numbers: only REST knows whether some were sent and lost. */
  #speaksAgain(): void {
    for (const { healer } of this.#desks) void healer?.check();
  }

  #startLooking(): NodeJS.Timeout {
    const { timings } = this.#parts;
    let meteredAt = 0;
    return setInterval(() => {
      const now = performance.now();
      this.#meter.look(now);
      const connected = this.#connected;
      const watched = connected && this.#exchange.isOpen;
      const isDead = this.#hush.look(now, { connected, open: watched, books: this.#books });
      if (isDead) this.#socket.reconnect(`Nothing came for ${timings.deadMs} ms.`);
      for (const stream of this.#streams) {
        if (!watched) stream.watch.restart(now);
        else this.#look(stream, now);
      }
      if (now - meteredAt < METER_MS) return;
      meteredAt = now;
      this.#meter.sample(now, this.#queue.size, this.#heldTrades);
    }, timings.watchMs);
  }

  get #books(): Expected['books'] {
    const books = this.#streams.filter(({ channel }) => channel === 'orderbook');
    if (books.some(({ live }) => live)) return 'live';
    return books.some(({ asked }) => asked) ? 'asked' : 'none';
  }

  get #heldTrades(): number {
    return this.#desks.reduce((sum, { healer }) => sum + (healer?.held ?? 0), 0);
  }

  #look(stream: FeedStream, now: number): void {
    const { channel, subscription } = stream;
    const ageMs = Math.round(stream.watch.ageMs(now));
    if (channel === 'trade') this.#lookAtEvidence(stream, now);
    if (stream.spoiltAt !== null && now - stream.spoiltAt > this.#parts.timings.spoiltMs && !stream.stale) {
      stream.spoiltAt = null;
      this.#statusOf(stream, { state: 'resynced', channel });
    }
    switch (lookAtStream(stream, now, this.#parts.timings)) {
      case 'silent':
        if (channel === 'trade') void this.#doubt(stream, `No trade for ${ageMs} ms, and REST shows some.`);
        else {
          const reason = `Nothing for ${ageMs} ms; ${Math.round(stream.watch.limitMs)} ms are usual at most.`;
          this.#statusOf(stream, { state: 'stale', channel, reason });
          this.#socket.again(subscription.key, true);
        }
        return;
      case 'again':
        this.#socket.again(subscription.key, true);
        return;
      case 'back':
        if (channel !== 'trade') this.#statusOf(stream, { state: 'resynced', channel });
        return;
      case null:
        return;
    }
  }

  #lookAtEvidence(stream: FeedStream, now: number): void {
    const desk = this.#bySymbol.get(stream.symbol);
    const from = desk?.evidence.overdueFrom(stream.received, now) ?? null;
    if (from === null) return;
    // Known to be silent and subscribed to again already: what it does not tell is read from REST.
    if (stream.stale) {
      void desk?.healer?.check(from);
      return;
    }
    markSilent(stream, now, this.#parts.timings);
    void this.#doubt(stream, 'The ticker tells of trades that did not come, and REST shows them.', from);
  }

  /** Trades may be silent for hours: only REST knows whether they are missing. */
  async #doubt(stream: FeedStream, reason: string, from?: EpochMs): Promise<void> {
    const { healer, evidence } = this.#bySymbol.get(stream.symbol) ?? {};
    const received = stream.received;
    const finding = await healer?.check(from);
    // Unknown: a gap was told of, or the next connection reads all of it.
    if (finding !== 'unknown') evidence?.judged(finding === 'missed', performance.now());
    if (healer === null || healer === undefined || stream.received !== received || !this.#connected) return;
    if (finding === 'whole') {
      stream.stale = false;
      stream.watch.seen(performance.now());
      return;
    }
    healer.fellSilent(finding === 'missed' ? reason : `${reason.split(',')[0]}, and REST does not answer.`);
    this.#socket.again(stream.subscription.key, true);
  }

  /** A frame that cannot be used may have been a trade. */
  #rejected(reason: FrameRejection['reason'], text: string): void {
    this.#meter.rejected(reason);
    this.#oddities.saw(reason, text);
    const [, spoilt] = /"channel":"(orderbooks|ticker)"/.exec(text) ?? [];
    if (spoilt !== undefined) {
      const stream = this.#byKey.get(`${spoilt} ${/"symbol":"(\w+)"/.exec(text)?.[1]}`);
      if (stream !== undefined) this.#spoilt(stream, reason);
      return;
    }
    for (const { symbol, healer } of this.#desks) {
      if (/"symbol":"/.test(text) && !text.includes(`"symbol":"${symbol}"`)) continue;
      void healer?.check();
    }
  }

  /** A book or ticker that is wrong is left out, and told once until they have been right for a while. */
  #spoilt(stream: FeedStream, reason: FrameRejection['reason']): void {
    const { channel, spoiltAt } = stream;
    stream.spoiltAt = performance.now();
    if (spoiltAt !== null) return;
    this.#statusOf(stream, {
      state: 'degraded',
      channel,
      reason: `Frames that cannot be used are left out: ${reason}.`,
    });
  }

  #statusOf(stream: FeedStream, data: StatusEvent['data']): void {
    if (data.state === 'gap') this.#meter.gap(stream);
    if (data.state === 'stale') this.#meter.stale(stream);
    this.#status(data, stream.symbol);
  }

  #status(data: StatusEvent['data'], symbol?: string): void {
    this.#queue.tell(statusEvent(this.#parts.context.marketClock.now(), data, symbol));
  }
}
