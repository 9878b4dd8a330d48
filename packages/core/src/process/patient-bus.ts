import { setTimeout as delay } from 'node:timers/promises';
import type { EventBus, Subscription } from '../bus/event-bus.js';
import { AlphaError } from '../errors/alpha-error.js';
import { unless } from './unless.js';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2000;
/** What a call that is under way when `signal` aborts is given. */
const LAST_MS = 1000;

/**
 * The same bus for a brain: what a brain opens, publishes and acknowledges waits for a bus that is away as long as it takes, or until
 * `signal` aborts; its reason is thrown then. Everything a brain publishes has its number, so that asking again doubles nothing.
 * A read answers nothing meanwhile, by itself. Errors that no waiting changes are thrown at once.
 */
export function patientBus(bus: EventBus, signal: AbortSignal): EventBus {
  return {
    partition: bus.partition,
    claim: (series, as, atLeast) => outlast(() => bus.claim(series, as, atLeast), signal),
    publish: (writer, events) => outlast(() => bus.publish(writer, events), signal),
    subscribe: async (options) => patient(await outlast(() => bus.subscribe(options), signal), signal),
    range: (stream, after, limit) => outlast(() => bus.range(stream, after, limit), signal),
    latest: (stream, before, limit) => bus.latest(stream, before, limit),
    deadLetters: (stream, after, limit) => bus.deadLetters(stream, after, limit),
    putBack: (stream, entryIds) => bus.putBack(stream, entryIds),
    streams: () => bus.streams(),
    lag: (group) => bus.lag(group),
    dropGroup: (group) => bus.dropGroup(group),
    trim: (stream, keep) => bus.trim(stream, keep),
    close: () => bus.close(),
  };
}

function patient(subscription: Subscription, signal: AbortSignal): Subscription {
  return {
    read: (options) => subscription.read(options),
    ack: (stream, ids) => outlast(() => subscription.ack(stream, ids), signal),
    seek: (stream, id) => outlast(() => subscription.seek(stream, id), signal),
    close: () => subscription.close(),
  };
}

async function outlast<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    try {
      return await unless(signal, work(), LAST_MS);
    } catch (error) {
      if (!isAway(error)) throw error;
      signal.throwIfAborted();
    }
    await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}

function isAway(error: unknown): boolean {
  return AlphaError.is(error, 'BUS_UNAVAILABLE') || AlphaError.is(error, 'BUS_FULL');
}
