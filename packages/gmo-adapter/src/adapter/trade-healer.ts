import { setTimeout as delay } from 'node:timers/promises';
import { type EpochMs, type Logger, RecentTrades, type StatusEvent, type TradeEvent } from '@alpha-engine/core';
import type { FeedTimings } from './feed-timings.js';
import type { GmoMarketHistory, ReadSoFar, TradesSince } from './market-history.js';
import { MeetingPoint } from './meeting-point.js';

/** Trades kept to recognise what REST tells again: some seconds of the busiest market, because checks follow each other and live trades wait in between. */
const REMEMBERED = 8_192;
/** How far before the last trade the comparison begins: frames of one moment may have been cut apart, or come out of order. */
const OVERLAP_MS = 1_000;
/** Live trades that wait at most. */
const MAX_HELD = 20_000;
/** Far more than the exchange tells, which was seen to answer a hundredth page of the list. */
const MAX_PAGES = 400;
const LONGEST_PAUSE_MS = 10_000;
/** Between checks that follow each other: live trades wait for them. */
const LONGEST_CHECK_MS = 2_000;
const FORGOTTEN = 'The exchange does not tell trades so old any more.';
const TOO_SLOW = 'Reading back so far took too long beside the trades that went on.';
const TOO_MANY = 'More trades came since than are remembered to compare with REST.';

export interface HealerParts {
  readonly symbol: string;
  /** The last trades known from before, oldest first. */
  readonly published: readonly TradeEvent[];
  readonly history: Pick<GmoMarketHistory, 'tradesSince'>;
  readonly timings: Pick<FeedTimings, 'settleMs' | 'rereadMs' | 'backfillMs' | 'untoldMs'>;
  /** Market time. */
  readonly now: () => EpochMs;
  readonly logger: Logger;
  /** Where trades and what is said of them go, in order. */
  readonly out: {
    trade(event: TradeEvent): void;
    status(data: StatusEvent['data']): void;
    backfilled(count: number): void;
  };
}

/** `whole`: REST knows of no other trade. `unknown`: REST did not tell in time, or the connection ended first. */
export type Finding = 'whole' | 'missed' | 'unknown';

/**
 * Keeps the trades of one symbol whole across cuts. From the moment something may be missing, live trades wait; REST is read back to the
 * last trade known; what was missed goes out in order of time, then the live ones. REST and socket have met when REST shows the first
 * live trade and all of its millisecond, or, while none comes, when it was read after the exchange surely served the subscription; then
 * the first live trade is the occasion to look again.
 *
 * REST may be ahead of the socket, which then tells again what was backfilled: live trades no younger than that wait, too, until REST
 * shows how many of the kind there are.
 */
export class TradeHealer {
  readonly #parts: HealerParts;
  readonly #recent: RecentTrades;
  /** Live trades that wait, or null. */
  #held: TradeEvent[] | null = null;
  readonly #meeting: MeetingPoint;
  /** What readings brought that ended too early. */
  #soFar: ReadSoFar = { rows: [] };
  /** The newest trade that was backfilled: the socket may still tell it. */
  #backfilledTs: EpochMs = -1;
  /** Live trades came on this connection, and nothing is missing before them. */
  #joined = false;
  /** Since when trades are watched; null where some are known from before. Nothing older is owed. */
  #beganTs: EpochMs | null = null;
  /** Something may be missing since this trade, though later ones came. */
  #doubtTs: EpochMs | null = null;
  /** The same, of doubts that the reading under way does not reach: the next one does, on the next connection if need be. */
  #nextDoubtTs: EpochMs | null = null;
  /** What came between the two was compared with REST. */
  #compared: { readonly from: EpochMs; readonly to: EpochMs } | null = null;
  /** Nothing is known from before this connection, so nothing can be missing. */
  #fresh: boolean;
  #open = false;
  /** What follows is told, because `stale` was. */
  #owesWord = false;
  /** The channel tells no trades though there are some. */
  #silent = false;
  /** When the last check ended, on the monotonic clock, and how long the next one waits if it follows soon. */
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checkMs = 0;
  /** A check that waits for the one that is running, or runs. */
  #next: Promise<Finding> | null = null;
  #running: { readonly abort: AbortController; readonly ended: Promise<Finding> } | null = null;

  constructor(parts: HealerParts) {
    this.#parts = parts;
    this.#recent = new RecentTrades(REMEMBERED, parts.published);
    this.#meeting = new MeetingPoint(parts.timings.settleMs);
    this.#fresh = parts.published.length === 0;
  }

  get held(): number {
    return this.#held?.length ?? 0;
  }

  /** A live trade. True when it waits here; else it is the caller's to pass on. */
  holds(trade: TradeEvent): boolean {
    this.#silent = false;
    const isNew = trade.ts > this.#backfilledTs;
    if (this.#held === null && this.#joined && isNew) {
      this.#recent.add(trade);
      return false;
    }
    if (this.#fresh && !this.#joined && this.#held === null) {
      this.#joined = true;
      this.#beganTs = trade.ts;
      this.#recent.add(trade);
      this.#parts.out.status({ state: 'subscribed', channel: 'trade' });
      return false;
    }
    this.#held ??= [];
    this.#held.push(trade);
    if (this.#meeting.waits(trade.ts, this.#held.length, !isNew))
      this.#doubtTs = Math.min(trade.ts, this.#doubtTs ?? trade.ts);
    if (this.#held.length > MAX_HELD) {
      this.#stop();
      this.#giveUp(`More than ${MAX_HELD} live trades waited for the backfill.`);
    } else if (this.#running === null) void this.#start(this.#parts.timings.rereadMs);
    return true;
  }

  /** A new connection. `owed`: since then a trade may be missing that REST was not asked for. */
  opened(owed: EpochMs | null): void {
    this.#open = true;
    this.#silent = false;
    if (owed !== null && this.#anchor !== null) this.#doubt(owed);
    if (!this.#fresh) this.distrust('Trades may have been missed; they are read from REST.');
  }

  /** The socket is not to be relied on: from now on trades wait until it is joined with REST again. */
  distrust(reason: string): void {
    this.#joined = false;
    this.#held ??= [];
    this.#meeting.partsFromLive();
    this.#owesWord = true;
    this.#parts.out.status({ state: 'stale', channel: 'trade', reason });
  }

  /** The channel is silent though the socket is open: until a trade comes by it, or REST has none to add, what is backfilled heals nothing. */
  fellSilent(reason: string): void {
    this.#silent = true;
    if (this.#anchor !== null) this.#fresh = false;
    this.distrust(reason);
  }

  /** The exchange has read the subscription. */
  asked(): void {
    if (this.#fresh) this.#beganTs ??= this.#parts.now();
    if (this.#fresh || this.#joined) return;
    this.#stop();
    void this.#start(this.#parts.timings.settleMs);
  }

  /** The connection ended: what waits goes on waiting for the next. */
  closed(): void {
    this.#stop();
    this.#open = false;
    this.#joined = false;
    this.#meeting.partsFromLive();
    if (this.#anchor !== null) this.#fresh = false;
  }

  /**
   * Something speaks for missing trades: a frame that could not be read, or a silence. Live trades wait until REST was asked. They are
   * missing since the last trade known, or since `from` when that is earlier.
   */
  async check(from = Number.POSITIVE_INFINITY): Promise<Finding> {
    const anchor = this.#anchor;
    if (anchor === null) return 'whole';
    this.#doubt(Math.min(anchor, from));
    if (!this.#open) return 'unknown';
    if (this.#running === null) return this.#startChecking();
    // What is being read may have been asked for before the doubt arose.
    this.#next ??= this.#running.ended.then(() => {
      this.#next = null;
      return this.#open ? (this.#running?.ended ?? this.#startChecking()) : 'unknown';
    });
    return this.#next;
  }

  #doubt(ts: EpochMs): void {
    this.#nextDoubtTs = Math.min(ts, this.#nextDoubtTs ?? ts);
  }

  #startChecking(): Promise<Finding> {
    this.#held ??= [];
    const isFirst = performance.now() - this.#checkedAt > LONGEST_PAUSE_MS;
    this.#checkMs = isFirst ? this.#parts.timings.rereadMs : Math.min(LONGEST_CHECK_MS, this.#checkMs * 2);
    return this.#start(this.#checkMs).finally(() => {
      this.#checkedAt = performance.now();
    });
  }

  /** From here on something may be missing. */
  get #anchor(): EpochMs | null {
    return this.#recent.newestTs ?? this.#beganTs;
  }

  #start(waitMs: number): Promise<Finding> {
    this.#takeUpDoubt();
    const abort = new AbortController();
    const telling = setTimeout(() => this.#tellWait(), this.#parts.timings.untoldMs);
    abort.signal.addEventListener('abort', () => clearTimeout(telling));
    const ended = this.#heal(waitMs, abort.signal).finally(() => {
      clearTimeout(telling);
      if (this.#running?.abort === abort) this.#running = null;
    });
    this.#running = { abort, ended };
    return ended;
  }

  #takeUpDoubt(): void {
    if (this.#nextDoubtTs === null) return;
    const doubt = Math.max(this.#nextDoubtTs, this.#beganTs ?? this.#nextDoubtTs);
    this.#nextDoubtTs = null;
    const { from, to } = this.#compared ?? { from: doubt, to: doubt };
    const since = doubt < from ? doubt : Math.max(doubt, to);
    const forgotten = this.#recent.completeFrom - 1;
    if (since < forgotten) {
      this.#gap(since, forgotten, TOO_MANY);
      this.#owesWord = true;
    }
    const begin = Math.max(since, forgotten);
    this.#doubtTs = Math.min(begin, this.#doubtTs ?? begin);
  }

  /** Trades that live on the socket and go nowhere look like a quiet market. */
  #tellWait(): void {
    if (this.#owesWord) return;
    this.#owesWord = true;
    const reason = 'Live trades wait until REST has told whether some were missed.';
    this.#parts.out.status({ state: 'stale', channel: 'trade', reason });
  }

  #stop(): void {
    this.#running?.abort.abort();
    this.#running = null;
  }

  async #heal(waitMs: number, signal: AbortSignal): Promise<Finding> {
    const { timings, logger, symbol } = this.#parts;
    const deadline = performance.now() + timings.backfillMs;
    let trouble = 'REST does not show the first live trade.';
    let maySkip = true;
    try {
      await delay(waitMs, undefined, { signal });
      for (let pause = timings.rereadMs; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
        const from = this.#from();
        const askedAt = performance.now();
        const skipRows: number = maySkip ? this.#meeting.rowsBeyond(this.held) : 0;
        try {
          const told = await this.#parts.history.tradesSince(symbol, from, {
            maxPages: MAX_PAGES,
            skipRows,
            soFar: this.#soFar,
            until: deadline,
            signal,
          });
          signal.throwIfAborted();
          if (this.#meeting.isMetBy(told, askedAt, skipRows > 0)) return this.#release(told, from);
          maySkip &&= skipRows === 0;
        } catch (error) {
          signal.throwIfAborted();
          trouble = error instanceof Error ? error.message : String(error);
          logger.warn({ symbol, error: trouble }, 'Missed trades could not be read; trying again.');
        }
        if (performance.now() + pause > deadline) return this.#giveUp(trouble);
        await delay(pause, undefined, { signal });
      }
    } catch {
      return 'unknown';
    }
  }

  #from(): EpochMs {
    const { newestTs, completeFrom } = this.#recent;
    if (newestTs === null) return this.#beganTs ?? 0;
    const doubt = Math.min(newestTs, this.#doubtTs ?? newestTs);
    return Math.max(completeFrom, doubt - OVERLAP_MS);
  }

  #release(told: TradesSince, from: EpochMs): Finding {
    const waited = this.#held ?? [];
    const newestHeld = waited.reduce((newest, { ts }) => Math.max(newest, ts), 0);
    const shown = told.trades.filter(({ ts }) => this.#meeting.isUpToSocket(ts, newestHeld));
    const missing = this.#recent.missingFrom(shown, from, waited);
    const held = this.#withoutRepeated(waited, told.trades);
    const fromTs = this.#anchor ?? from;
    const since = Math.min(fromTs, this.#doubtTs ?? fromTs);
    const gapEnd = this.#gapEnd(told, since, held);
    if (gapEnd !== null) this.#gap(since, gapEnd, told.reaches === 'end' ? FORGOTTEN : TOO_SLOW);
    const to = Math.min(told.newestTs ?? 0, this.#meeting.liveFrom === null ? Number.POSITIVE_INFINITY : newestHeld);
    const before = this.#compared;
    this.#compared = { from: before !== null && from <= before.to ? Math.min(before.from, from) : from, to };
    // With another doubt in hand, what came since REST was read may miss one in its midst: it waits for the check that follows.
    const surely = this.#next === null ? Number.POSITIVE_INFINITY : (told.newestTs ?? 0);
    const kept = held.filter(({ ts }) => ts >= surely);
    this.#passOn([...missing, ...held.filter(({ ts }) => ts < surely)].sort((a, b) => a.ts - b.ts));
    this.#backfilledTs = Math.max(this.#backfilledTs, missing.at(-1)?.ts ?? -1);
    if (missing.length > 0) this.#parts.out.backfilled(missing.length);
    if (missing.length === 0) this.#silent = false;
    if (!this.#silent && (this.#owesWord || missing.length > 0 || gapEnd !== null))
      this.#resynced(fromTs, `${missing.length} missed trades were backfilled.`);
    this.#joins();
    if (kept.length > 0) this.#keepOn(kept);
    return missing.length > 0 ? 'missed' : 'whole';
  }

  /** Up to where trades that may be missing since then are lost for good, or null. */
  #gapEnd({ reaches, oldestTs }: TradesSince, since: EpochMs, held: readonly TradeEvent[]): EpochMs | null {
    if (reaches === 'from' || (reaches === 'end' && this.#recent.newestTs === null)) return null;
    if (oldestTs !== null) return oldestTs > since ? oldestTs : null;
    return held[0]?.ts ?? this.#parts.now();
  }

  #withoutRepeated(held: readonly TradeEvent[], told: readonly TradeEvent[] | null): readonly TradeEvent[] {
    const doubtful = held.filter(({ ts }) => ts <= this.#backfilledTs);
    if (doubtful.length === 0) return held;
    const repeated = this.#recent.repeatedIn(doubtful, told);
    return held.filter((trade) => !repeated.has(trade));
  }

  #giveUp(reason: string): Finding {
    const held = this.#withoutRepeated(this.#held ?? [], null);
    const anchor = this.#anchor ?? 0;
    const fromTs = Math.min(anchor, this.#doubtTs ?? anchor);
    this.#gap(fromTs, this.#meeting.liveFrom ?? held[0]?.ts ?? this.#parts.now(), reason);
    this.#passOn(held);
    if (this.#joined) this.#resynced(fromTs, 'Live trades wait no longer.');
    this.#joins();
    return 'unknown';
  }

  #resynced(fromTs: EpochMs, reason: string): void {
    const toTs = Math.max(fromTs, this.#anchor ?? fromTs);
    this.#parts.out.status({ state: 'resynced', channel: 'trade', from_ts: fromTs, to_ts: toTs, reason });
    this.#owesWord = false;
  }

  #keepOn(trades: TradeEvent[]): void {
    this.#held = trades;
    this.#meeting.movesTo(trades[0]?.ts ?? null, trades.at(-1)?.ts ?? 0, trades.length);
  }

  #passOn(trades: readonly TradeEvent[]): void {
    this.#held = null;
    this.#doubtTs = null;
    this.#meeting.forgetJudge();
    this.#soFar = { rows: [] };
    for (const trade of trades) {
      this.#recent.add(trade);
      this.#parts.out.trade(trade);
    }
  }

  /** Everything that waited is out. */
  #joins(): void {
    const live = this.#meeting.liveFrom !== null;
    this.#meeting.partsFromLive();
    if (!live || this.#joined) return;
    this.#joined = true;
    this.#owesWord = false;
    this.#parts.out.status({ state: 'subscribed', channel: 'trade' });
  }

  #gap(fromTs: EpochMs, toTs: EpochMs, reason: string): void {
    this.#parts.logger.error({ symbol: this.#parts.symbol, fromTs, toTs, reason }, 'Trades are missing for good.');
    this.#parts.out.status({
      state: 'gap',
      channel: 'trade',
      from_ts: fromTs,
      to_ts: Math.max(fromTs, toTs),
      reason,
    });
  }
}
