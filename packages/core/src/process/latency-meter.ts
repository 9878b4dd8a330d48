import type { ExecutionLogEntry } from '../record/execution-log.js';
import { ASSUMED_LATENCY, type Delay, LEGS, type Leg } from '../simulation/latency.js';

/** What a session's record says of the way between engine and exchange; as a file it is what `parseLatencyFile` reads. Market milliseconds. */
export interface MeasuredLatency extends Readonly<Record<Leg, Delay>> {
  readonly format: 'alpha-latency';
  readonly version: 1;
  readonly measured: {
    /** How many of each leg; none: that leg is the assumed one. */
    readonly samples: Readonly<Record<Leg, number>>;
    /** Below zero by the clocks, and counted as zero. */
    readonly negative: Readonly<Record<Leg, number>>;
  };
}

/** Where the quantiles of a measurement are taken. */
const SHARES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

/**
 * Measures latency from the input log of an execution brain (see `logExecutorInputs`), row after row in order:
 *
 * - feed: a ticker's time at the exchange → the brain took it;
 * - order: the brain was about to commit that it sends → the order's time at the exchange;
 * - answer: an order's or fill's time at the exchange → the brain took the answer or the message.
 *
 * All on the market's clock, which the engine measures: the error of that clock is in every figure, and what comes out below zero counts
 * as zero.
 */
export class LatencyMeter {
  readonly #samples: Record<Leg, number[]> = { feed: [], order: [], answer: [] };
  readonly #negative: Record<Leg, number> = { feed: 0, order: 0, answer: 0 };
  /** By client order id: when it was about to be sent. */
  readonly #sent = new Map<string, number>();
  /** By exchange order id: what was sent and is not known at the exchange's time yet. */
  readonly #accepted = new Map<string, { readonly sentTs: number; readonly toldTs: number }>();
  /** Orders that were seen before their own answer came, by exchange order id. */
  readonly #seen = new Map<string, number>();

  /** `inputs` of one row. */
  take(inputs: unknown): void {
    // A bare list is what older versions wrote.
    const logged = Array.isArray(inputs) ? inputs : ((inputs as Partial<ExecutionLogEntry> | null)?.inputs ?? []);
    for (const input of logged as readonly (LoggedInput | readonly number[])[])
      if ('kind' in input) this.#takeOne(input);
  }

  result(): MeasuredLatency {
    const legs = Object.fromEntries(LEGS.map((leg) => [leg, delayOf(this.#samples[leg], leg)]));
    const counts = Object.fromEntries(LEGS.map((leg) => [leg, this.#samples[leg].length]));
    return {
      ...{ format: 'alpha-latency', version: 1 },
      ...(legs as Record<Leg, Delay>),
      measured: { samples: counts as Record<Leg, number>, negative: { ...this.#negative } },
    };
  }

  #takeOne({ at, clientOrderId = '', exchangeOrderId = '', fill, kind, order, ts }: LoggedInput): void {
    const [marketTs] = at;
    if (kind === 'quote' && ts !== undefined) this.#add('feed', marketTs - ts);
    else if (kind === 'submitting') this.#sent.set(clientOrderId, marketTs);
    else if (kind === 'refused') this.#sent.delete(clientOrderId);
    else if (kind === 'accepted') {
      const sentTs = this.#sent.get(clientOrderId);
      this.#sent.delete(clientOrderId);
      if (sentTs !== undefined) this.#accepted.set(exchangeOrderId, { sentTs, toldTs: marketTs });
      const orderTs = this.#seen.get(exchangeOrderId);
      if (orderTs !== undefined) this.#place(exchangeOrderId, orderTs);
    } else if (kind === 'order_update' && order !== undefined) this.#see(order.exchangeOrderId, order.orderTs);
    else if (kind === 'fill_update' && fill !== undefined) {
      this.#add('answer', marketTs - fill.ts);
      // A fill is no earlier than its order: of a market order it is the moment.
      this.#see(fill.exchangeOrderId, fill.ts);
    }
  }

  #see(exchangeOrderId: string, orderTs: number): void {
    if (this.#accepted.has(exchangeOrderId)) this.#place(exchangeOrderId, orderTs);
    else if (this.#sent.size > 0 && !this.#seen.has(exchangeOrderId)) this.#seen.set(exchangeOrderId, orderTs);
  }

  #place(exchangeOrderId: string, orderTs: number): void {
    const known = this.#accepted.get(exchangeOrderId);
    this.#accepted.delete(exchangeOrderId);
    this.#seen.delete(exchangeOrderId);
    // What happened after the answer was no placement: a resting order that filled.
    if (known === undefined || orderTs > known.toldTs) return;
    this.#add('order', orderTs - known.sentTs);
    this.#add('answer', known.toldTs - orderTs);
  }

  #add(leg: Leg, ms: number): void {
    if (ms < 0) this.#negative[leg] += 1;
    this.#samples[leg].push(Math.max(0, ms));
  }
}

interface LoggedInput {
  readonly kind: string;
  readonly at: readonly [marketTs: number, wallTs: number];
  readonly ts?: number;
  readonly clientOrderId?: string;
  readonly exchangeOrderId?: string;
  readonly order?: { readonly exchangeOrderId: string; readonly orderTs: number };
  readonly fill?: { readonly exchangeOrderId: string; readonly ts: number };
}

function delayOf(samples: readonly number[], leg: Leg): Delay {
  if (samples.length === 0) return ASSUMED_LATENCY[leg];
  const sorted = Float64Array.from(samples).sort();
  const points = SHARES.map((share) => [share, sorted[Math.ceil(share * (sorted.length - 1))] ?? 0] as const);
  return { kind: 'quantiles', points };
}
