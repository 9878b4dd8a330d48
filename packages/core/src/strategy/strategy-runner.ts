import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';
import type { AlphaEvent } from '../events/event.js';
import type { MarketEvent, TradeEvent } from '../events/market.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import { ALL_SYMBOLS, type StatusEvent } from '../events/status.js';
import { type Bar, barKeyOf } from '../market/bar.js';
import { CLOCK_GRACE_MS } from '../market/time-bar-builder.js';
import { compareTimeframes, type Timeframe } from '../market/timeframe.js';
import { Instance } from './instance.js';
import { instanceIdOf } from './instance-id.js';
import { priceOf } from './market-price.js';
import { Owners, ownerKey } from './owners.js';
import { type RebuildRecord, rebuildInstances } from './rebuild.js';
import type { StrategyRunnerOptions, WarmupNeed } from './runner-options.js';
import { type RunnerState, readState, signalSeqsFrom } from './runner-state.js';
import type {
  FedInput,
  InstanceSpec,
  RunnerInput,
  RunnerNotice,
  RunnerSnapshot,
  RunnerStep,
  SignalRecord,
} from './runner-types.js';
import { SymbolLane } from './symbol-lane.js';

/**
 * Market data in, signals out: builds bars, hands inputs to the strategies, collects what they decide. Pure and synchronous: it
 * reads no clock and no socket, and how the inputs are cut into steps changes nothing. The loop around it records each step
 * together with `snapshot()` before the signals leave.
 *
 * After a restart: construct with the snapshot, then `rebuild` from `needsRebuildSince()` on, then feed `warmupNeeds()`, then step.
 */
export class StrategyRunner {
  readonly #instances: readonly Instance[];
  readonly #lanes = new Map<string, Map<string, SymbolLane>>();
  #lastLane: SymbolLane | undefined;
  /** Series that speak of a whole exchange (`*`): counted here, applied to every lane. */
  readonly #exchangeWide = new Map<string, SymbolLane>();
  readonly #owners: Owners;
  readonly #keepsInputs: boolean;
  readonly #signalSeq: Map<string, number>;
  readonly #unrebuilt = new Set<Instance>();
  readonly #fresh = new Set<Instance>();
  /** Bars closed by the input in hand; empty between inputs. */
  readonly #closing: Bar[] = [];
  #bars: Bar[] = [];
  #signals: SignalRecord[] = [];
  #fed: FedInput[] = [];
  #notices: RunnerNotice[] = [];

  /** Throws `STRATEGY_PARAM_INVALID`, or `STRATEGY_INVALID` for a strategy that could not go on after a restart. */
  constructor(options: StrategyRunnerOptions) {
    const state = readState(options.snapshot);
    this.#keepsInputs = options.keepsInputs ?? true;
    this.#owners = new Owners(state, new Set(options.instances.map(instanceIdOf)));
    this.#signalSeq = signalSeqsFrom(state, options);
    this.#instances = options.instances.map((spec) => this.#begin(spec, state, options));
    this.#refuseTwins();
    this.#openLanes(state, options.snapshot?.highWater ?? {});
  }

  /**
   * Takes one market event and hands nothing out: true when there is something to collect with `step([])`. For whoever has millions of
   * events and no record to keep. Never while a rebuild is due.
   */
  hear(event: MarketEvent): boolean {
    this.#takeMarket(event);
    return this.#hasNews();
  }

  /** The same for a closed bar, as a `bar` input would bring it. */
  hearBar(bar: Bar, muted: boolean): boolean {
    this.#takeBar(bar, muted ? 'warmup' : 'bar');
    return this.#hasNews();
  }

  /** A trade from before the run: bars are built of it and warm the strategies up. True when there is something to collect. */
  warm(event: TradeEvent): boolean {
    const lane = this.#laneOf(event);
    if (lane === undefined || !lane.admit(event, this.#notices)) return false;
    lane.see(event, event.data.price);
    this.#buildBars(lane, event, 'warmup');
    return this.#notices.length > 0;
  }

  /** No trade from before this moment comes any more: bars that end by then are closed, whatever the symbol has said since. */
  closeUntil(ts: EpochMs, kind: 'bar' | 'warmup'): void {
    const seen = ts + CLOCK_GRACE_MS;
    this.#closeByClock(seen, () => seen, kind);
  }

  step(inputs: readonly RunnerInput[]): RunnerStep {
    if (this.#unrebuilt.size > 0) {
      const ids = [...this.#unrebuilt].map(({ id }) => id).join(', ');
      throw new AlphaError(
        'UNEXPECTED',
        `Strategy instances ${ids} must be rebuilt from their record before the next step.`,
      );
    }
    for (const input of inputs) this.#take(input);
    const told = this.#bars.length + this.#signals.length + this.#fed.length + this.#notices.length;
    if (told === 0) return NOTHING;
    const step = { bars: this.#bars, signals: this.#signals, fed: this.#fed, notices: this.#notices };
    this.#bars = [];
    this.#signals = [];
    this.#fed = [];
    this.#notices = [];
    return step;
  }

  snapshot(): RunnerSnapshot {
    const lanes = [...this.#lanes.values()].flatMap((bySymbol) => [...bySymbol.values()]);
    const state: RunnerState = {
      lanes: Object.fromEntries(lanes.map((lane) => [`${lane.exchange}|${lane.symbol}`, lane.snapshot()])),
      signalSeq: Object.fromEntries(this.#signalSeq),
      instances: Object.fromEntries(this.#instances.map((instance) => [instance.id, instance.snapshot()])),
      owners: Object.fromEntries(this.#instances.map((instance) => [instance.id, ownerKey(instance.spec)])),
      retired: this.#owners.snapshot(),
    };
    const highWater = [...lanes, ...this.#exchangeWide.values()].flatMap((lane) => lane.highWater());
    return { version: 1, highWater: Object.fromEntries(highWater), state };
  }

  /** Those that instances read of a symbol, shortest first. */
  timeframes(symbol: string): readonly Timeframe[] {
    const lanes = [...this.#lanes.values()].flatMap((bySymbol) => bySymbol.get(symbol) ?? []);
    return lanes.flatMap(({ builders }) => builders.map(({ timeframe }) => timeframe));
  }

  /** What instances that are not in the snapshot still want before they may decide. */
  warmupNeeds(): readonly WarmupNeed[] {
    return [...this.#fresh].flatMap(({ barsMissing, id, spec: { exchange, symbol } }) =>
      barsMissing.map((missing) => ({ instanceId: id, exchange, symbol, ...missing })),
    );
  }

  /** First batch that `rebuild` needs, or null when no instance's state must come from the record. */
  needsRebuildSince(): number | null {
    if (this.#unrebuilt.size === 0) return null;
    return Math.min(...[...this.#unrebuilt].map(({ began }) => began.batch));
  }

  /**
   * Runs stored bars and inputs again in their recorded place, with outputs muted and compared. `records` are the batches from
   * `needsRebuildSince()` to the last one committed; those before an instance began do not reach it. Throws `REBUILD_DIFFERS`
   * at the first difference; the runner is then of no more use.
   */
  async rebuild(records: AsyncIterable<RebuildRecord> | Iterable<RebuildRecord>): Promise<void> {
    await rebuildInstances([...this.#unrebuilt], records);
    this.#unrebuilt.clear();
  }

  #begin(spec: InstanceSpec, state: RunnerState, options: StrategyRunnerOptions): Instance {
    const id = instanceIdOf(spec);
    const snapshot = state.instances[id];
    if (snapshot !== undefined) {
      const instance = new Instance(spec, snapshot);
      if (instance.needsRebuild) this.#unrebuilt.add(instance);
      return instance;
    }
    const inherited = this.#owners.take(spec);
    const side = options.initialTargets?.[`${spec.strategy.label}|${spec.symbol}`];
    const instance = new Instance(spec, {
      batch: options.nextBatch,
      target: side === undefined ? inherited.target : { side, changes: [] },
      filled: inherited.filled,
    });
    this.#fresh.add(instance);
    return instance;
  }

  #refuseTwins(): void {
    const seen = new Set<string>();
    for (const { id, spec } of this.#instances) {
      if (seen.has(id)) {
        throw new AlphaError(
          'STRATEGY_INVALID',
          `Strategy "${spec.strategy.name}" is listed twice on ${spec.symbol} ${spec.timeframe} with the same parameters. Remove one.`,
          { context: { instanceId: id } },
        );
      }
      seen.add(id);
    }
  }

  #openLanes(state: RunnerState, highWater: Readonly<Record<string, number>>): void {
    for (const { exchange, symbol } of this.#instances.map(({ spec }) => spec)) {
      let bySymbol = this.#lanes.get(exchange);
      if (bySymbol === undefined) {
        bySymbol = new Map();
        this.#lanes.set(exchange, bySymbol);
        this.#exchangeWide.set(exchange, new SymbolLane({ exchange, symbol: ALL_SYMBOLS }, [], undefined, highWater));
      }
      if (bySymbol.has(symbol)) continue;
      const watching = this.#instances.filter(({ spec }) => spec.exchange === exchange && spec.symbol === symbol);
      const lane = new SymbolLane({ exchange, symbol }, watching, state.lanes[`${exchange}|${symbol}`], highWater);
      bySymbol.set(symbol, lane);
    }
  }

  #hasNews(): boolean {
    return this.#bars.length > 0 || this.#signals.length > 0 || this.#notices.length > 0;
  }

  #take(input: RunnerInput): void {
    switch (input.kind) {
      case 'market':
        this.#takeMarket(input.event);
        break;
      case 'status':
        this.#takeStatus(input.event);
        break;
      case 'order':
        this.#takeOrder(input.event);
        break;
      case 'clock':
        this.#closeByClock(input.ts, ({ newestTs }) => newestTs);
        break;
      case 'bar':
        this.#takeBar(input.bar, input.muted === true ? 'warmup' : 'bar');
        break;
      case 'warmup':
        this.#laneOf(input.bar)?.goOnFrom(input.bar);
        this.#feedBar(input.bar, 'warmup');
        break;
    }
  }

  #takeMarket(event: MarketEvent): void {
    const lane = this.#laneOf(event);
    if (lane === undefined || !lane.admit(event, this.#notices)) return;
    lane.see(event, priceOf(event));
    if (event.type === 'trade') this.#buildBars(lane, event);
    for (const instance of lane.listeners[event.type]) {
      instance.onMarket(event, lane.lastPrice);
      this.#collect(instance);
    }
  }

  #buildBars(lane: SymbolLane, { symbol, ts, data }: TradeEvent, kind: 'bar' | 'warmup' = 'bar'): void {
    let late = false;
    for (const builder of lane.builders) {
      const closed = builder.add(ts, data.price, data.size);
      if (closed === 'late') late = true;
      else if (closed !== null) this.#closing.push(closed);
    }
    if (late) this.#notices.push({ kind: 'late_trade', symbol, ts });
    this.#deliver(kind);
  }

  #takeBar(bar: Bar, kind: 'bar' | 'warmup'): void {
    const lane = this.#laneOf(bar);
    if (lane === undefined) return;
    lane.seeBar(bar);
    const longer = lane.longerThan(bar.timeframe);
    if (longer.length === 0) {
      if (kind === 'bar' && this.#keepsInputs) this.#bars.push(bar);
      this.#feedBar(bar, kind);
      return;
    }
    this.#closing.push(bar);
    for (const builder of longer) this.#closing.push(...builder.merge(bar));
    this.#deliver(kind);
  }

  #takeStatus(event: StatusEvent): void {
    const wide = event.symbol === ALL_SYMBOLS;
    const lane = wide ? this.#exchangeWide.get(event.exchange) : this.#laneOf(event);
    if (lane === undefined || !lane.admit(event, this.#notices)) return;
    if (!wide) lane.applyStatus(event);
    else for (const each of this.#lanes.get(event.exchange)?.values() ?? []) each.applyStatus(event);
  }

  #takeOrder(event: OrderEvent | DenialEvent): void {
    const lane = this.#laneOf(event);
    if (lane !== undefined && !lane.admit(event, this.#notices)) return;
    this.#owners.settle(event);
    let fed = false;
    for (const instance of lane?.instances ?? []) {
      if (instance.spec.strategy.label !== event.data.strategy) continue;
      instance.onOrder(event);
      fed = true;
      this.#collect(instance);
    }
    if (fed && this.#keepsInputs) this.#fed.push({ kind: 'order', event });
  }

  #closeByClock(clockTs: EpochMs, seenTs: (lane: SymbolLane) => EpochMs, kind: 'bar' | 'warmup' = 'bar'): void {
    for (const bySymbol of this.#lanes.values()) {
      for (const lane of bySymbol.values()) {
        if (lane.held) continue;
        for (const builder of lane.builders) {
          const bar = builder.closeByClock(clockTs, seenTs(lane));
          if (bar !== null) this.#closing.push(bar);
        }
      }
    }
    this.#deliver(kind);
  }

  /** Bars that close together leave by close time, then symbol, then the shorter timeframe first. */
  #deliver(kind: 'bar' | 'warmup' = 'bar'): void {
    if (this.#closing.length === 0) return;
    this.#closing.sort(
      (a, b) =>
        a.closeTs - b.closeTs ||
        compareText(a.symbol, b.symbol) ||
        compareTimeframes(a.timeframe, b.timeframe) ||
        compareText(a.exchange, b.exchange),
    );
    for (const bar of this.#closing) {
      if (kind === 'bar') this.#bars.push(bar);
      this.#feedBar(bar, kind);
    }
    this.#closing.length = 0;
  }

  #feedBar(bar: Bar, kind: 'bar' | 'warmup'): void {
    let fed = false;
    const instances = this.#laneOf(bar)?.instances ?? [];
    for (let at = 0; at < instances.length; at++) {
      const instance = instances[at] as Instance;
      if (!instance.onBar(bar, kind)) continue;
      fed = true;
      this.#collect(instance);
    }
    if (fed && this.#keepsInputs)
      this.#fed.push({ kind, symbol: bar.symbol, timeframe: bar.timeframe, ...barKeyOf(bar) });
  }

  /** Gives the decisions of the last call their place in the line of signals of the symbol. */
  #collect(instance: Instance): void {
    for (const decision of instance.takeDecisions()) {
      const series = `${instance.spec.exchange}|${instance.spec.symbol}`;
      const seq = (this.#signalSeq.get(series) ?? 0) + 1;
      this.#signalSeq.set(series, seq);
      this.#signals.push({ ...decision, event: { ...decision.event, seq } });
    }
    const failure = instance.takeFailure();
    if (failure !== null) this.#notices.push({ kind: 'strategy_failed', instanceId: instance.id, message: failure });
  }

  /** Events come in runs of one symbol, so the last answer is tried first. */
  #laneOf({ exchange, symbol }: Pick<AlphaEvent, 'exchange' | 'symbol'>): SymbolLane | undefined {
    const last = this.#lastLane;
    if (last !== undefined && last.symbol === symbol && last.exchange === exchange) return last;
    this.#lastLane = this.#lanes.get(exchange)?.get(symbol);
    return this.#lastLane;
  }
}

const NOTHING: RunnerStep = { bars: [], signals: [], fed: [], notices: [] };

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
