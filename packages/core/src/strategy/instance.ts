import { Decimal } from '../decimal/decimal.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { MarketEvent } from '../events/market.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import { type Protect, protectSchema, type SignalAction } from '../events/signal.js';
import { type Bar, barKeyOf } from '../market/bar.js';
import { isTimed, parseTimeframe, type Timeframe } from '../market/timeframe.js';
import { addFill } from './add-fill.js';
import { Context, type ContextHost } from './context.js';
import type { SignalOptions, StrategyInstance, TargetPosition } from './define-strategy.js';
import { instanceIdOf } from './instance-id.js';
import { type Beginning, type InstanceSnapshot, snapshotAt } from './instance-snapshot.js';
import { parseParams } from './parse-params.js';
import { plainCopy } from './plain-copy.js';
import type { InstanceSpec, SignalRecord } from './runner-types.js';
import { SeriesReader } from './series-reader.js';
import { signalId, signalTag } from './signal-id.js';
import { stableJson } from './stable-json.js';
import { Target } from './target.js';

/** A decision on its way out; its `seq` is 0 until the runner gives it its place. */
export type Decision = SignalRecord;

/** What is being handled; decisions are named after it. */
type Occasion = Bar | MarketEvent | OrderEvent;

/**
 * One running strategy with what the runner keeps about it: target, fills, warm-up. Hands it inputs and collects its decisions.
 * A strategy that throws is halted for good; what it decided in the failing callback is dropped.
 */
export class Instance implements ContextHost {
  readonly id: string;
  readonly tag: string;
  readonly spec: InstanceSpec;
  readonly began: Beginning;
  /** Its own timeframe first. */
  readonly #series: readonly [SeriesReader, ...SeriesReader[]];
  readonly #strategy: StrategyInstance;
  readonly #context: Context;
  /** Where the snapshot says a rebuild must arrive; null when there is none to do. */
  #expected: InstanceSnapshot | null = null;
  #target: Target;
  #filled: Decimal;
  #live: boolean;
  #cause: string;
  #ordinal: number;
  #halted: string | null;
  #failure: string | null = null;
  #occasion: Occasion | null = null;
  #price: number | null = null;
  #muted = false;
  /** Perhaps: until it is looked at and found warm. */
  #cold = true;
  #decisions: Decision[] = [];

  constructor(spec: InstanceSpec, from: Beginning | InstanceSnapshot) {
    this.spec = spec;
    this.id = instanceIdOf(spec);
    this.tag = signalTag(this.id);
    this.#strategy = create(spec);
    this.#refuseUnrecoverable();

    this.began = 'began' in from ? from.began : from;
    if ('began' in from && from.halted === null && !this.#restoresItself) this.#expected = from;
    const snapshot = 'began' in from && this.#expected === null ? from : snapshotAt(this.began);
    this.#target = new Target(snapshot.target);
    this.#filled = Decimal.of(snapshot.filled);
    this.#series = seriesOf(spec, this.#strategy, snapshot);
    this.#live = snapshot.live;
    this.#cause = snapshot.cause;
    this.#ordinal = snapshot.ordinal;
    this.#halted = snapshot.halted;
    if (snapshot.own !== undefined && this.#halted === null) this.#restoreOwn(snapshot.own);
    this.#context = new Context(this, spec.symbol);
    this.#context.filled.size = this.#filled.toNumber();
  }

  get position(): TargetPosition {
    return this.#target.position;
  }

  /** Its state must come from its record before it may go on. */
  get needsRebuild(): boolean {
    return this.#expected !== null;
  }

  get timeframes(): readonly Timeframe[] {
    return this.#series.map(({ timeframe }) => timeframe);
  }

  /** Bars still wanted before the first decision, of each timeframe that wants some. */
  get barsMissing(): readonly { readonly timeframe: Timeframe; readonly bars: number }[] {
    return this.#series.flatMap(({ missing, timeframe }) => (missing > 0 ? [{ timeframe, bars: missing }] : []));
  }

  wants(type: MarketEvent['type']): boolean {
    switch (type) {
      case 'trade':
        return this.#strategy.onTrade !== undefined;
      case 'orderbook':
        return this.#strategy.onOrderBook !== undefined;
      case 'ticker':
        return this.#strategy.onTicker !== undefined;
    }
  }

  /**
   * False when the bar was not for this instance: of a timeframe it does not read, seen already (in warm-up), or a warm-up bar after
   * warm-up was over.
   */
  onBar(bar: Bar, kind: 'bar' | 'warmup'): boolean {
    const series = this.#seriesOf(bar.timeframe);
    if (this.#halted !== null || series === undefined || !series.isNew(bar)) return false;
    if (kind === 'warmup' && this.#live) return false;
    series.count(bar);
    if (kind === 'bar') this.#live = true;
    this.#muted = kind === 'warmup' || this.#isCold();
    this.#call(bar, bar.closeTs, bar.close, series);
    return true;
  }

  /** `price` is the last one known of the symbol; null when there was none. */
  onMarket(event: MarketEvent, price: number | null): void {
    if (this.#halted !== null) return;
    this.#muted = this.#isCold();
    this.#call(event, event.ts, price);
  }

  /** What became of one of its signals, or of an order of the same label and symbol. */
  onOrder(event: OrderEvent | DenialEvent): void {
    this.#target.settle(event);
    if (event.type !== 'order' || event.data.fill === undefined) return;
    this.#filled = addFill(this.#filled, event);
    this.#context.filled.size = this.#filled.toNumber();
    if (this.#halted !== null) return;
    this.#muted = this.#isCold();
    this.#call(event, event.ts, Number(event.data.fill.price));
  }

  /** Called by the context. What moves the target nowhere is no decision and leaves no signal; `hold` always does. */
  decide(action: SignalAction, options: SignalOptions): void {
    const occasion = this.#occasion;
    if (occasion === null) {
      throw new Error('A strategy may signal only while one of its callbacks runs; this call came later.');
    }
    if (this.#muted || (action !== 'hold' && !this.#target.wouldMove(action))) return;
    const { confidence = 1 } = options;
    if (!(confidence >= 0 && confidence <= 1))
      throw new Error(`A confidence is from 0 to 1; this one is ${confidence}.`);
    if (this.#price === null) {
      throw new Error(`It signalled before any price of ${this.spec.symbol} was known; wait for a trade or a ticker.`);
    }
    const cause = causeOf(occasion);
    const id = signalId(this.id, this.tag, cause, this.#nextOrdinal(cause));
    if (action !== 'hold') this.#target.move(action, id);
    this.#decisions.push({
      instanceId: this.id,
      event: {
        type: 'signal',
        exchange: this.spec.exchange,
        symbol: this.spec.symbol,
        ts: this.#context.now,
        id,
        strategy: this.spec.strategy.label,
        action,
        confidence,
        price_ref: this.#price,
        ...protectOf(options),
        ...metaOf(options, this.#strategy.indicators?.()),
        seq: 0,
      },
      ...('openTs' in occasion ? { bar: { timeframe: occasion.timeframe, ...barKeyOf(occasion) } } : {}),
    });
  }

  /** Decisions since the last call, in order. */
  takeDecisions(): readonly Decision[] {
    if (this.#decisions.length === 0) return NO_DECISIONS;
    const taken = this.#decisions;
    this.#decisions = [];
    return taken;
  }

  /** Why it was halted, once. */
  takeFailure(): string | null {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  /** Ends a rebuild. Returns what differs from the snapshot, or null when it arrived where it should. */
  endRebuild(): string | null {
    const expected = this.#expected;
    this.#expected = null;
    const arrived = this.snapshot();
    for (const key of PROVED) {
      const [stored, now] = [stableJson(expected?.[key]), stableJson(arrived[key])];
      if (stored !== now) return `its ${key} is ${now} where ${stored} is stored`;
    }
    return null;
  }

  snapshot(): InstanceSnapshot {
    if (this.#expected !== null) return this.#expected;
    const [own, ...further] = this.#series;
    return {
      began: this.began,
      target: this.#target.snapshot(),
      filled: this.#filled.toString(),
      ...own.progress(),
      ...(further.length > 0 && {
        further: Object.fromEntries(further.map((each) => [each.timeframe, each.progress()])),
      }),
      live: this.#live,
      cause: this.#cause,
      ordinal: this.#ordinal,
      halted: this.#halted,
      ...(this.#restoresItself && this.#halted === null ? { own: this.#strategy.snapshot?.() } : {}),
    };
  }

  /** `series`: whose bar it is. */
  #call(occasion: Occasion, now: EpochMs, price: number | null, series?: SeriesReader): void {
    this.#occasion = occasion;
    this.#context.now = now;
    this.#price = price;
    const decided = this.#decisions.length;
    try {
      const answer = this.#dispatch(occasion, series);
      if (isThenable(answer)) {
        answer.then(undefined, () => undefined);
        throw new Error('Its callback returned a promise; callbacks are synchronous.');
      }
    } catch (fault) {
      this.#halted = textOf(fault);
      this.#failure = this.#halted;
      for (const { event } of this.#decisions.splice(decided).reverse()) this.#target.retract(event.id);
    } finally {
      this.#occasion = null;
    }
  }

  #dispatch(occasion: Occasion, series: SeriesReader | undefined): unknown {
    if ('openTs' in occasion) return series?.listener.onBar?.(occasion, this.#context);
    switch (occasion.type) {
      case 'trade':
        return this.#strategy.onTrade?.(occasion, this.#context);
      case 'orderbook':
        return this.#strategy.onOrderBook?.(occasion, this.#context);
      case 'ticker':
        return this.#strategy.onTicker?.(occasion, this.#context);
      case 'order':
        return this.#strategy.onFill?.(occasion, this.#context);
    }
  }

  #seriesOf(timeframe: Timeframe): SeriesReader | undefined {
    // Nearly every bar is of its own timeframe.
    const own = this.#series[0];
    if (own.timeframe === timeframe) return own;
    return this.#series.find((series) => series.timeframe === timeframe);
  }

  #isCold(): boolean {
    // Once warm, always warm.
    if (this.#cold) this.#cold = this.#series.some(({ missing }) => missing > 0);
    return this.#cold;
  }

  #nextOrdinal(cause: string): number {
    this.#ordinal = cause === this.#cause ? this.#ordinal + 1 : 0;
    this.#cause = cause;
    return this.#ordinal;
  }

  /** The strategy keeps its own state; otherwise it is rebuilt from its record. */
  get #restoresItself(): boolean {
    return this.#strategy.snapshot !== undefined && this.#strategy.restore !== undefined;
  }

  #restoreOwn(state: unknown): void {
    try {
      this.#strategy.restore?.(state);
    } catch (cause) {
      throw new AlphaError(
        'STRATEGY_FAILED',
        `Strategy instance ${this.id} could not restore the state it had saved: ${textOf(cause)}. Correct its restore(), or change a parameter to begin a new instance.`,
        { context: { instanceId: this.id }, cause },
      );
    }
  }

  #refuseUnrecoverable(): void {
    const onTicks = this.wants('trade') || this.wants('orderbook') || this.wants('ticker');
    if (!onTicks || this.#restoresItself) return;
    throw new AlphaError(
      'STRATEGY_INVALID',
      `Strategy "${this.spec.strategy.name}" listens to ticks (onTrade, onOrderBook or onTicker) but has no snapshot() and restore(). Add both, so that it can go on after a restart; ticks are too many to run again.`,
      { context: { strategy: this.spec.strategy.name } },
    );
  }
}

function create(spec: InstanceSpec): StrategyInstance {
  const { strategy } = spec;
  const params = parseParams(strategy, spec.params);
  try {
    return strategy.create(params);
  } catch (cause) {
    throw new AlphaError(
      'STRATEGY_INVALID',
      `Strategy "${strategy.name}" could not be created: ${textOf(cause)}. Check its parameters and its create().`,
      { context: { strategy: strategy.name }, cause },
    );
  }
}

/** Throws `UNKNOWN_TIMEFRAME`, and `STRATEGY_INVALID` for a timeframe named twice. */
function seriesOf(
  { strategy: { name }, timeframe }: InstanceSpec,
  strategy: StrategyInstance,
  snapshot: InstanceSnapshot,
): [SeriesReader, ...SeriesReader[]] {
  const own = new SeriesReader(timeframe, strategy, snapshot);
  const further = Object.entries(strategy.timeframes ?? {}).map(([word, bars]) => {
    const parsed = parseTimeframe(word);
    return new SeriesReader(parsed, bars, snapshot.further?.[parsed]);
  });
  const named = [own, ...further].map((each) => each.timeframe);
  const twice = named.find((each, place) => named.indexOf(each) !== place);
  if (twice === undefined) return [own, ...further];
  throw new AlphaError(
    'STRATEGY_INVALID',
    `Strategy "${name}" reads ${twice} twice: the timeframe it was started with and its further ones must differ. Start it with another --timeframe, or change its parameters.`,
    { context: { strategy: name, timeframe: twice } },
  );
}

/** What a rebuild must arrive at. */
const PROVED = [
  'target',
  'filled',
  'bars',
  'lastOpenTs',
  'lastOrdinal',
  'further',
  'live',
  'cause',
  'ordinal',
] as const;

function textOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

const NO_DECISIONS: readonly Decision[] = [];

/** A copy by way of JSON: what is stored is what is published, whatever the strategy does with its object later. */
function metaOf(
  { reason, meta }: SignalOptions,
  indicators: Readonly<Record<string, unknown>> | undefined,
): { meta?: Record<string, unknown> } {
  if (meta === undefined && indicators === undefined) return reason === undefined ? {} : { meta: { reason } };
  return { meta: plainCopy({ reason, ...meta, indicators }) };
}

/** Throws when a level is no positive number; what is stored is what is published here too. */
function protectOf({ protect }: SignalOptions): { protect?: Protect } {
  if (protect === undefined) return {};
  const checked = protectSchema.safeParse(protect);
  if (checked.success) return { protect: checked.data };
  const [issue] = checked.error.issues;
  throw new Error(`Its protection is not understood: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`);
}

function causeOf(occasion: Occasion): string {
  if ('openTs' in occasion) {
    const { closeTs, openTs, ordinal = 0, symbol, timeframe } = occasion;
    // Several bars of trades may close in one millisecond; of time, one does.
    return `bar|${symbol}|${timeframe}|${isTimed(timeframe) ? closeTs : `${openTs}.${ordinal}`}`;
  }
  if (occasion.type === 'order') return `fill|${occasion.symbol}|${occasion.id}`;
  return `${occasion.type}|${occasion.symbol}|${occasion.seq ?? `at ${occasion.ts}`}`;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
