import type { DenialEvent, OrderEvent, OrderPurpose, OrderStatus } from '../events/order.js';
import type { SignalAction } from '../events/signal.js';
import type { TargetPosition } from './define-strategy.js';

export type TargetSide = TargetPosition['side'];

/** Signals whose fate may still correct the target; older ones are settled in practice and forgotten. */
const REMEMBERED_CHANGES = 16;

/** Ends of an order after which nothing more of it will be filled. */
const DEAD: ReadonlySet<OrderStatus> = new Set(['CANCELED', 'REJECTED', 'EXPIRED', 'VOID']);

const PROTECTIVE: ReadonlySet<OrderPurpose | undefined> = new Set(['stop_loss', 'take_profit', 'trailing_stop']);

const POSITIONS: Readonly<Record<TargetSide, TargetPosition>> = {
  long: Object.freeze({ side: 'long', isLong: true, isShort: false, isFlat: false }),
  short: Object.freeze({ side: 'short', isLong: false, isShort: true, isFlat: false }),
  flat: Object.freeze({ side: 'flat', isLong: false, isShort: false, isFlat: true }),
};

const AIM: Readonly<Record<Exclude<SignalAction, 'hold'>, TargetSide>> = {
  enter_long: 'long',
  enter_short: 'short',
  exit: 'flat',
};

interface TargetChange {
  readonly signalId: string;
  before: TargetSide;
  /** An order of this signal that closes the position held before was filled, if only in part. */
  closed: boolean;
  /** An order of this signal that opens a position was filled, if only in part. Absent: not. */
  opened?: boolean;
}

/** Plain JSON. */
export interface TargetSnapshot {
  readonly side: TargetSide;
  readonly changes: readonly Readonly<TargetChange>[];
}

/**
 * Where an instance wants to be. A signal moves it at once; what becomes of the signal corrects it:
 *
 * | what happened to the signal | target |
 * |---|---|
 * | denied | what it was before the signal |
 * | an order rejected, canceled, expired or void, nothing of it filled | what it was before the signal |
 * | the same, but the signal was a reversal and its closing order was filled | flat |
 * | an order ended after a partial fill, or after an earlier order of the signal was filled | stays |
 * | filled, working, in doubt, ended and replaced by another order | stays |
 * | a protective order, or the operator, closed what the signal had opened | flat |
 * | the exchange closed it by force, or somebody by hand | flat |
 * | any of these, after a later signal moved the target | stays, and is what a failure of the later signal returns to |
 */
export class Target {
  #side: TargetSide;
  #changes: TargetChange[];

  constructor(snapshot: TargetSnapshot) {
    this.#side = snapshot.side;
    this.#changes = snapshot.changes.map((change) => ({ ...change }));
  }

  static at(side: TargetSide): Target {
    return new Target({ side, changes: [] });
  }

  get position(): TargetPosition {
    return POSITIONS[this.#side];
  }

  /** False when the action asks for where the target already is. */
  wouldMove(action: Exclude<SignalAction, 'hold'>): boolean {
    return AIM[action] !== this.#side;
  }

  move(action: Exclude<SignalAction, 'hold'>, signalId: string): void {
    this.#changes.push({ signalId, before: this.#side, closed: false });
    if (this.#changes.length > REMEMBERED_CHANGES) this.#changes.shift();
    this.#side = AIM[action];
  }

  /** What became of a signal, as told by an order event or a denial. */
  settle(event: OrderEvent | DenialEvent): void {
    const signalId = event.data.signal_id;
    if (event.type === 'order' && event.data.flat) this.#flatten(signalId);
    const change = this.#changes.find((candidate) => candidate.signalId === signalId);
    if (change === undefined) return;
    if (event.type === 'order') {
      // A protective order carries the entry's id; that it is taken back says nothing of the entry.
      if (PROTECTIVE.has(event.data.purpose)) return;
      const filled = Number(event.data.filled_size) > 0;
      if (filled && event.data.effect === 'close') change.closed = true;
      if (filled && event.data.effect === 'open') change.opened = true;
      if (filled || change.opened || event.data.replaced_by !== undefined || !DEAD.has(event.data.status)) return;
    }
    this.retract(change.signalId);
  }

  /** What the signal had opened is closed, by nobody's signal. What a later signal wants, stands. */
  #flatten(signalId: string | undefined): void {
    const index = this.#changes.findIndex((change) => change.signalId === signalId);
    const later = signalId === undefined ? this.#undone() : index < 0 ? undefined : this.#changes[index + 1];
    if (later === undefined) this.#side = 'flat';
    else later.before = 'flat';
    if (index >= 0) this.#changes.splice(index, 1);
  }

  /** The last signal, when it has opened nothing yet: it is later than whatever was closed. */
  #undone(): TargetChange | undefined {
    const last = this.#changes.at(-1);
    return last?.opened === true ? undefined : last;
  }

  /** Takes the move of one signal back, as if it had never been made. */
  retract(signalId: string): void {
    const index = this.#changes.findIndex((candidate) => candidate.signalId === signalId);
    const change = this.#changes[index];
    if (change === undefined) return;
    const restored = change.closed ? 'flat' : change.before;
    const later = this.#changes[index + 1];
    if (later === undefined) this.#side = restored;
    else later.before = restored;
    this.#changes.splice(index, 1);
  }

  snapshot(): TargetSnapshot {
    return { side: this.#side, changes: this.#changes.map((change) => ({ ...change })) };
  }
}
