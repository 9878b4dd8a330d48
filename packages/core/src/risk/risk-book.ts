import type { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { Flattening } from './flattening.js';
import type { HaltCause } from './halt-causes.js';
import { defaultLimits, type RiskLimits } from './limits.js';
import { LossRecord, type LossSnapshot } from './loss-record.js';
import { MinuteCount } from './minute-count.js';
import { type Halts, TradingStates } from './trading-states.js';

/** Plain JSON once printed: Decimals become strings. */
export interface RiskSnapshot {
  readonly halts: Halts;
  readonly losses: LossSnapshot;
  readonly openings: readonly EpochMs[];
  readonly errors: readonly EpochMs[];
  readonly flattening: Flattening | null;
}

/** What is to be told of a scope. */
export interface StateChange {
  readonly begun: readonly HaltCause[];
  /** The control event that asked. */
  readonly controlId?: string;
  readonly flatten?: 'closing' | 'done' | 'gave_up';
}

const NONE: readonly (readonly [string, StateChange])[] = [];

/** What the gate remembers from one signal to the next; part of the executor's state, so that it survives a restart. */
export class RiskBook {
  readonly limits: RiskLimits;
  readonly states: TradingStates;
  readonly losses: LossRecord;
  /** Openings approved; market time. */
  readonly openings: MinuteCount;
  /** Requests the exchange left undone; wall time. */
  readonly errors: MinuteCount;
  flattening: Flattening | null;
  /** This machine's clock less the exchange's, milliseconds; of this process only. */
  clockSkewMs: number | null = null;
  /** Of the input at hand. */
  #changes = new Map<string, StateChange>();

  constructor(config: { readonly capital: Decimal; readonly limits?: Partial<RiskLimits> }, snapshot?: RiskSnapshot) {
    this.limits = { ...defaultLimits(config.capital), ...config.limits };
    this.states = new TradingStates(snapshot?.halts);
    this.losses = new LossRecord(snapshot?.losses);
    this.openings = new MinuteCount(snapshot?.openings);
    this.errors = new MinuteCount(snapshot?.errors);
    this.flattening = snapshot?.flattening ?? null;
  }

  /** A halt was added to a scope or lifted from it: its state is to be told. */
  note(scope: string, begun?: HaltCause): void {
    const change = this.#changes.get(scope) ?? { begun: [] };
    this.#changes.set(scope, begun === undefined ? change : { ...change, begun: [...change.begun, begun] });
  }

  /** An operator waits for the state of a scope. */
  answer(scope: string, controlId: string, flatten?: StateChange['flatten']): void {
    const change = this.#changes.get(scope) ?? { begun: [] };
    this.#changes.set(scope, { ...change, controlId, ...(flatten === undefined ? {} : { flatten }) });
  }

  takeChanges(): Iterable<readonly [scope: string, change: StateChange]> {
    if (this.#changes.size === 0) return NONE;
    const changes = this.#changes;
    this.#changes = new Map();
    return changes;
  }

  snapshot(): RiskSnapshot {
    const { states, losses, openings, errors, flattening } = this;
    return {
      halts: states.all(),
      losses: losses.snapshot(),
      openings: openings.snapshot(),
      errors: errors.snapshot(),
      flattening,
    };
  }
}
