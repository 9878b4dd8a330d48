import { SharedBars, type SharedBarsMessage } from './shared-bars.js';
import { SharedEvents, type SharedEventsMessage } from './shared-events.js';

/** What every thread of a search reads. */
export type SharedData = SharedBars | SharedEvents;

/** The same as it was sent by another thread. */
export function sharedData(message: SharedBarsMessage | SharedEventsMessage): SharedData {
  return 'pieces' in message ? new SharedEvents(message) : new SharedBars(message);
}
