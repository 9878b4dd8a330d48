import { Decimal } from '../decimal/decimal.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import { addFill } from './add-fill.js';
import type { OwnerSnapshot, RunnerState } from './runner-state.js';
import type { InstanceSpec } from './runner-types.js';
import { Target } from './target.js';

/** Positions belong to a label on a symbol, not to an instance. */
export function ownerKey({
  exchange,
  symbol,
  strategy,
}: Pick<InstanceSpec, 'exchange' | 'symbol' | 'strategy'>): string {
  return `${exchange}|${strategy.label}|${symbol}`;
}

/**
 * Follows what labels hold whose instance runs no more (other parameters, changed code, removed), so that the next instance
 * of the label begins where the last one stood.
 */
export class Owners {
  readonly #retired = new Map<string, { readonly target: Target; filled: Decimal }>();

  constructor(state: RunnerState, running: ReadonlySet<string>) {
    for (const [key, owner] of Object.entries(state.retired)) this.#retire(key, owner);
    for (const [id, instance] of Object.entries(state.instances)) {
      const key = state.owners[id];
      if (key !== undefined && !running.has(id)) this.#retire(key, instance);
    }
  }

  /** Hands over what the label holds. */
  take(spec: InstanceSpec): OwnerSnapshot {
    const key = ownerKey(spec);
    const owner = this.#retired.get(key);
    if (owner === undefined) return { target: { side: 'flat', changes: [] }, filled: '0' };
    this.#retired.delete(key);
    return { target: owner.target.snapshot(), filled: owner.filled.toString() };
  }

  settle(event: OrderEvent | DenialEvent): void {
    const owner = this.#retired.get(`${event.exchange}|${event.data.strategy}|${event.symbol}`);
    if (owner === undefined) return;
    owner.target.settle(event);
    if (event.type === 'order') owner.filled = addFill(owner.filled, event);
  }

  snapshot(): Readonly<Record<string, OwnerSnapshot>> {
    return Object.fromEntries(
      [...this.#retired].map(([key, { target, filled }]) => [
        key,
        { target: target.snapshot(), filled: filled.toString() },
      ]),
    );
  }

  #retire(key: string, owner: OwnerSnapshot): void {
    this.#retired.set(key, { target: new Target(owner.target), filled: Decimal.of(owner.filled) });
  }
}
