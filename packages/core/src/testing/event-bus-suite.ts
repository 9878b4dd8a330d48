import type { EventBusCase } from './bus-case.js';
import { OWNED_GROUP_CASES } from './event-bus-owned-groups.js';
import { PUBLISHING_CASES } from './event-bus-publishing.js';
import { SHARED_GROUP_CASES } from './event-bus-shared-groups.js';
import { WAITING_CASES } from './event-bus-waiting.js';

/**
 * What every EventBus must do. An implementation's test is a factory and one loop over these: each case gets a context
 * with a storage of its own, and afterwards what the case left open is closed.
 */
export const EVENT_BUS_CASES: readonly EventBusCase[] = [
  ...PUBLISHING_CASES,
  ...OWNED_GROUP_CASES,
  ...SHARED_GROUP_CASES,
  ...WAITING_CASES,
];
