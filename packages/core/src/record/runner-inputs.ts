import type { Delivery } from '../bus/event-bus.js';
import type { EpochMs } from '../events/common.js';
import type { RunnerInput } from '../strategy/runner-types.js';
import { mergeStreams } from './merge-streams.js';

/** What one read of the bus tells the strategies, in the one order in which a replay tells it again. */
export function runnerInputs(deliveries: readonly Delivery[], clock: EpochMs | undefined): RunnerInput[] {
  const inputs: RunnerInput[] = [];
  for (const { event } of mergeStreams(deliveries)) {
    switch (event.type) {
      case 'trade':
      case 'orderbook':
      case 'ticker':
        inputs.push({ kind: 'market', event });
        break;
      case 'status':
        inputs.push({ kind: 'status', event });
        break;
      case 'order':
      case 'denial':
        inputs.push({ kind: 'order', event });
        break;
      default:
        break;
    }
  }
  if (clock !== undefined) inputs.push({ kind: 'clock', ts: clock });
  return inputs;
}
