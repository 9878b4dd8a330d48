import { AlphaError } from '../../errors/alpha-error.js';
import type { BusStorage } from '../storage.js';

/** One storage behind several handles of this process; closed with the last of them. */
export class SharedStorage {
  readonly #storage: BusStorage;
  readonly #onClose: () => void;
  #handles = 0;
  #closing: Promise<void> | null = null;

  constructor(storage: BusStorage, onClose: () => void) {
    this.#storage = storage;
    this.#onClose = onClose;
  }

  /** Not null once the last handle was closed: wait for it, then open anew. */
  get closing(): Promise<void> | null {
    return this.#closing;
  }

  /** A handle that, with `readOnly`, refuses to write. */
  handle(readOnly: boolean): BusStorage {
    const storage = this.#storage;
    this.#handles += 1;
    return {
      write: (work, until) => (readOnly ? Promise.reject(readingOnly()) : storage.write(work, until)),
      read: (work) => storage.read(work),
      changes: storage.changes,
      get pollMs() {
        return storage.pollMs;
      },
      now: () => storage.now(),
      close: () => this.#release(),
    };
  }

  async #release(): Promise<void> {
    this.#handles -= 1;
    if (this.#handles > 0) return;
    this.#closing = this.#storage.close().finally(this.#onClose);
    await this.#closing;
  }
}

function readingOnly(): AlphaError {
  return new AlphaError(
    'DATA_FOLDER_UNUSABLE',
    'This bus was opened for reading only; open it for writing to change it.',
  );
}
