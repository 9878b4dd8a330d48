import type { RunnerInput } from '@alpha-engine/core';

/** Which replayed signal stands for which recorded one, so that what became of the one is told of the other. */
export class SignalNames {
  readonly #names = new Map<string, string>();

  same(recorded: string, replayed: string): void {
    this.#names.set(recorded, replayed);
  }

  renamed(input: RunnerInput): RunnerInput {
    if (input.kind !== 'order') return input;
    const { event } = input;
    const name = event.data.signal_id === undefined ? undefined : this.#names.get(event.data.signal_id);
    if (name === undefined) return input;
    return { kind: 'order', event: { ...event, data: { ...event.data, signal_id: name } } as typeof event };
  }
}
