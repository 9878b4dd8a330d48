import { AlphaError } from '../errors/alpha-error.js';
import type { DenialEvent, OrderEvent } from '../events/order.js';
import type { Bar } from '../market/bar.js';
import type { Instance } from './instance.js';

/** One batch of the input log: what reached the strategies, in order, and the ids of the signals that came of it. */
export interface RebuildRecord {
  readonly batch: number;
  readonly fed: readonly (
    | { readonly kind: 'bar' | 'warmup'; readonly bar: Bar }
    | { readonly kind: 'order'; readonly event: OrderEvent | DenialEvent }
  )[];
  readonly signalIds: readonly string[];
}

/**
 * Brings instances to the state their snapshot says they have, by running their record again from where they began. Everything
 * they decide is compared with what is stored, batch by batch, and at the end their targets and fills with the snapshot's.
 */
export async function rebuildInstances(
  instances: readonly Instance[],
  records: AsyncIterable<RebuildRecord> | Iterable<RebuildRecord>,
): Promise<void> {
  for await (const record of records) {
    const reached = instances.filter(({ began }) => began.batch <= record.batch);
    for (const input of record.fed) {
      for (const instance of reached) feed(instance, input);
    }
    for (const instance of reached) compareSignals(instance, record);
  }
  for (const instance of instances) {
    const difference = instance.endRebuild();
    if (difference !== null) throw differs(instance, `after the last batch ${difference}`);
  }
}

function feed(instance: Instance, input: RebuildRecord['fed'][number]): void {
  const { exchange, symbol, strategy } = instance.spec;
  if (input.kind === 'order') {
    const { event } = input;
    if (event.exchange === exchange && event.symbol === symbol && event.data.strategy === strategy.label) {
      instance.onOrder(event);
    }
    return;
  }
  const { bar, kind } = input;
  if (bar.exchange === exchange && bar.symbol === symbol) instance.onBar(bar, kind);
}

function compareSignals(instance: Instance, { batch, signalIds }: RebuildRecord): void {
  const failure = instance.takeFailure();
  if (failure !== null) throw differs(instance, `in batch ${batch} it threw (${failure}) where it did not before`);
  const decided = instance.takeDecisions();
  const stored = signalIds.filter((id) => id.startsWith(instance.tag));
  for (let i = 0; i < Math.max(stored.length, decided.length); i++) {
    const decision = decided[i];
    if (decision?.event.id === stored[i]) continue;
    const now =
      decision === undefined
        ? 'it decides nothing'
        : `it decides ${decision.event.action} at ${new Date(decision.event.ts).toISOString()}`;
    throw differs(
      instance,
      `in batch ${batch} ${now} where ${stored[i] ? `signal ${stored[i]}` : 'no signal'} is stored`,
    );
  }
}

function differs(instance: Instance, where: string): AlphaError {
  return new AlphaError(
    'REBUILD_DIFFERS',
    `Strategy instance ${instance.id}, run again from its record, decides otherwise than it did: ${where}. A strategy may depend on nothing but its callbacks' arguments (no clock, no random number, no state outside). Correct it, or change a parameter to begin a new instance.`,
    { context: { instanceId: instance.id } },
  );
}
