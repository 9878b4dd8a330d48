import type { TimedExecutorInput } from '../execution/executor-types.js';

/**
 * `inputs` of an input-log row of the execution brain: every input with the clocks it was taken at. Signals and commands
 * stand on their streams and are named by id; quotes by symbol, time and the two prices the executor reads. What no stream
 * carries (answers, private messages, sweeps) is kept whole.
 */
export function logExecutorInputs(inputs: readonly TimedExecutorInput[]): unknown {
  return inputs.map((input) => {
    const at = [input.at.marketTs, input.at.wallTs];
    switch (input.kind) {
      case 'quote':
        return {
          kind: input.kind,
          at,
          symbol: input.event.symbol,
          ts: input.event.ts,
          bid: input.event.data.bid,
          ask: input.event.data.ask,
        };
      case 'signal':
      case 'control':
        return { kind: input.kind, at, id: input.event.id };
      default:
        return { ...input, at };
    }
  });
}
