import { seriesKey, streamOf } from '../bus/streams.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { AlphaEvent } from '../events/event.js';
import type { MarketEvent, MarketEventType } from '../events/market.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { StatusEvent } from '../events/status.js';
import type { Bar } from '../market/bar.js';
import { type BarBuilder, type BarBuilderSnapshot, openBarBuilder } from '../market/bar-builder.js';
import { TimeBarBuilder } from '../market/time-bar-builder.js';
import { compareTimeframes, divides, isTimed, type Timeframe } from '../market/timeframe.js';
import { TradeBarBuilder } from '../market/trade-bar-builder.js';
import type { Instance } from './instance.js';
import type { RunnerNotice } from './runner-types.js';

/** What a runner reads, numbered by its publisher. */
type CountedEvent = MarketEvent | StatusEvent | OrderEvent | DenialEvent;
type CountedType = CountedEvent['type'];

/** Plain JSON. */
export interface SymbolLaneSnapshot {
  readonly newestTs: EpochMs;
  readonly lastPrice: number | null;
  /** Trades may be missing: the clock closes no bar. */
  readonly held: boolean;
  readonly bars: Readonly<Record<string, BarBuilderSnapshot>>;
}

/**
 * What the runner keeps about one symbol that instances watch: how far each of its series was applied, its open bars, and whether
 * the clock may close them.
 */
export class SymbolLane {
  readonly exchange: string;
  readonly symbol: string;
  /** Shortest timeframe first: bars of equal close leave in this order. */
  readonly builders: readonly BarBuilder[];
  readonly instances: readonly Instance[];
  /** Instances that hear the events of a type themselves, beside the bars built of them. */
  readonly listeners: Readonly<Record<MarketEventType, readonly Instance[]>>;
  /** Last `seq` applied of each counted type; 0 before the first. */
  readonly #applied: Record<CountedType, number> = {
    trade: 0,
    orderbook: 0,
    ticker: 0,
    status: 0,
    order: 0,
    denial: 0,
  };
  newestTs: EpochMs;
  lastPrice: number | null;
  #held: boolean;
  #source: { readonly timeframe: Timeframe; readonly longer: readonly TimeBarBuilder[] } | null = null;

  constructor(
    key: { readonly exchange: string; readonly symbol: string },
    instances: readonly Instance[],
    snapshot: SymbolLaneSnapshot | undefined,
    highWater: Readonly<Record<string, number>>,
  ) {
    this.exchange = key.exchange;
    this.symbol = key.symbol;
    this.instances = instances;
    this.newestTs = snapshot?.newestTs ?? 0;
    this.lastPrice = snapshot?.lastPrice ?? null;
    this.#held = snapshot?.held ?? false;
    const timeframes = [...new Set(instances.flatMap((instance) => instance.timeframes))];
    timeframes.sort(compareTimeframes);
    this.builders = timeframes.map((timeframe) => openBarBuilder({ ...key, timeframe }, snapshot?.bars[timeframe]));
    this.listeners = {
      trade: instances.filter((instance) => instance.wants('trade')),
      orderbook: instances.filter((instance) => instance.wants('orderbook')),
      ticker: instances.filter((instance) => instance.wants('ticker')),
    };
    for (const type of COUNTED) this.#applied[type] = highWater[this.#seriesKey(type)] ?? 0;
  }

  /**
   * Counts an event in. False when it was applied before. A hole is reported and the event applied: what is missing will not
   * come any more, a bus keeps the order. The first event of a series sets its count, wherever that stands. A number applied before
   * on an event newer than all before is a bus that went back (wiped, or without its last moments) and a new collector that goes
   * on from there: reported like a hole, and followed.
   */
  admit(event: CountedEvent, notices: RunnerNotice[]): boolean {
    const { seq } = event;
    if (seq === undefined) return true;
    const applied = this.#applied[event.type];
    const wentBack = seq <= applied && MARKET.has(event.type) && event.ts > this.newestTs;
    if (seq <= applied && !wentBack) return false;
    if (seq !== applied + 1 && applied > 0) {
      notices.push({ kind: 'gap', series: this.#seriesKey(event.type), expectedSeq: applied + 1, seenSeq: seq });
    }
    // What is said on such a bus is counted anew like its data.
    if (wentBack) this.#applied.status = 0;
    this.#applied[event.type] = seq;
    return true;
  }

  see(event: MarketEvent, price: number | null): void {
    if (event.ts > this.newestTs) this.newestTs = event.ts;
    if (price !== null) this.lastPrice = price;
  }

  /** A warm-up bar: what is built next begins behind it. */
  goOnFrom(bar: Bar): void {
    for (const builder of this.builders) {
      if (builder instanceof TradeBarBuilder && builder.timeframe === bar.timeframe) builder.goOnFrom(bar);
    }
  }

  seeBar({ closeTs, close }: Bar): void {
    if (closeTs > this.newestTs) this.newestTs = closeTs;
    this.lastPrice = close;
  }

  /**
   * Those that are put together from bars of this timeframe: of every other one that instances want. Throws `DATA_INVALID` when one cannot
   * be.
   */
  longerThan(timeframe: Timeframe): readonly TimeBarBuilder[] {
    if (this.#source?.timeframe === timeframe) return this.#source.longer;
    const others = this.builders.filter((builder) => builder.timeframe !== timeframe);
    const longer = others.filter(
      (builder) => builder instanceof TimeBarBuilder && divides(timeframe, builder.timeframe),
    );
    const impossible = others.find((builder) => !longer.includes(builder));
    if (impossible !== undefined) {
      throw new AlphaError(
        'DATA_INVALID',
        `Bars of ${impossible.timeframe} cannot be made of bars of ${timeframe}: ${isTimed(impossible.timeframe) ? 'their length is no multiple of it' : 'only trades tell when they close'}. Give data of shorter bars, or trades.`,
        { context: { symbol: this.symbol, timeframe, wanted: impossible.timeframe } },
      );
    }
    this.#source = { timeframe, longer: longer as TimeBarBuilder[] };
    return this.#source.longer;
  }

  /** True while the symbol's trades may be incomplete: its bars then wait for a trade, whatever the clock says. */
  get held(): boolean {
    return this.#held;
  }

  /**
   * Whether trades may be missing, from what the collector says of the trade channel or of the whole connection:
   *
   * | state | bars |
   * |---|---|
   * | `stale`, `disconnected`, `gap`, `connected` | wait for a trade, whatever the clock says |
   * | `subscribed`, `resynced` | the clock may close them again: trades flow, and what was back-filled came before |
   * | `degraded`, `dropped` | no change: they name a loss that no waiting brings back |
   * | `maintenance`, `preopen`, `open` | no change: a closed exchange makes no trades, and the socket it cuts says so itself |
   *
   * `connected` is among the first because a collector that was killed has said no `disconnected`.
   * `subscribed` is good for this because the collector lets it out, like live trades, only behind the back-fill.
   */
  applyStatus({ data }: StatusEvent): void {
    if (data.channel !== undefined && data.channel !== 'trade') return;
    switch (data.state) {
      case 'disconnected':
      case 'gap':
      case 'stale':
      case 'connected':
        this.#held = true;
        return;
      case 'subscribed':
      case 'resynced':
        this.#held = false;
        return;
      case 'degraded':
      case 'dropped':
      case 'maintenance':
      case 'preopen':
      case 'open':
        return;
    }
  }

  snapshot(): SymbolLaneSnapshot {
    return {
      newestTs: this.newestTs,
      lastPrice: this.lastPrice,
      held: this.#held,
      bars: Object.fromEntries(this.builders.map((builder) => [builder.timeframe, builder.snapshot()])),
    };
  }

  highWater(): readonly (readonly [string, number])[] {
    return COUNTED.filter((type) => this.#applied[type] > 0).map(
      (type) => [this.#seriesKey(type), this.#applied[type]] as const,
    );
  }

  #seriesKey(type: CountedType): string {
    const { exchange, symbol } = this;
    return seriesKey({ stream: streamOf({ type, exchange } as AlphaEvent), exchange, symbol, type });
  }
}

const COUNTED: readonly CountedType[] = ['trade', 'orderbook', 'ticker', 'status', 'order', 'denial'];
const MARKET: ReadonlySet<CountedType> = new Set(['trade', 'orderbook', 'ticker']);
