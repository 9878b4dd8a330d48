import type { EpochMs } from '../events/common.js';
import type { RunnerInput } from '../strategy/runner-types.js';
import { mergeStreams, type StreamEvent } from './merge-streams.js';

/** What one read of the bus tells the strategies, in the one order in which a replay tells it again. */
export function runnerInputs(deliveries: readonly StreamEvent[], clock: EpochMs | undefined): RunnerInput[] {
  const inputs: RunnerInput[] = [];
  for (const { event } of mergeStreams(withoutStates(deliveries))) {
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

/** No strategy hears of trading states, and no table keeps them: they must not decide what comes before what. */
function withoutStates(deliveries: readonly StreamEvent[]): readonly StreamEvent[] {
  const isState = ({ event }: StreamEvent) => event.type === 'trading_state';
  return deliveries.some(isState) ? deliveries.filter((one) => !isState(one)) : deliveries;
}
