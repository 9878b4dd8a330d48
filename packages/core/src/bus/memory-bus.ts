import type { Clock } from '../telemetry/clock.js';
import { MemoryStorage } from './memory-storage.js';
import { StorageBus } from './storage-bus.js';

/** A bus inside one process, for back-tests and tests. It keeps every promise of the port but durability. */
export class MemoryBus extends StorageBus {
  readonly #storage: MemoryStorage;

  constructor(storage: MemoryStorage = new MemoryStorage(), clock?: Clock) {
    super(storage, clock);
    this.#storage = storage;
  }

  /** Another bus on the same streams, as another process would open it; closed by itself. */
  anotherHandle(clock?: Clock): MemoryBus {
    return new MemoryBus(this.#storage, clock);
  }
}
