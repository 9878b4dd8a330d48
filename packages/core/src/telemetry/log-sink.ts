import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs } from '../events/common.js';

export interface LogRecord {
  readonly ts: EpochMs;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The part of the Store that a sink needs. */
export interface LogAppender {
  appendLogs(records: readonly LogRecord[]): Promise<void>;
}

export interface LogSinkOptions {
  /** Records of one write. Small, because on the embedded database a commit may have to wait for it. Default 200. */
  readonly batchSize?: number;
  /** Wall milliseconds a record waits for company, and a failed write for its next attempt. Default 1000. */
  readonly intervalMs?: number;
  /** Records kept while the store is slow or away; what comes beyond is dropped and counted. Default 10 000. */
  readonly capacity?: number;
  /** Wall milliseconds `close` gives the last records. Default 3000. */
  readonly closeTimeoutMs?: number;
  /** Wall time, for the record that tells what was dropped. */
  readonly now?: () => EpochMs;
}

/**
 * Carries log records into the store behind the back of trading: `write` neither waits nor throws, one batch is under way at
 * a time, the queue is bounded. What had to be dropped is counted, and told by a record of its own once there is room.
 * Holds one timer, which does not keep the process alive; `close` stops it.
 */
export class LogSink {
  readonly #store: LogAppender;
  readonly #options: Required<LogSinkOptions>;
  #queue: LogRecord[] = [];
  #untold = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<boolean> | undefined;
  #storeIsAway = false;
  #closed: Promise<void> | undefined;

  constructor(store: LogAppender, options: LogSinkOptions = {}) {
    this.#store = store;
    this.#options = {
      batchSize: 200,
      intervalMs: 1000,
      capacity: 10_000,
      closeTimeoutMs: 3000,
      now: Date.now,
      ...options,
    };
  }

  /** Records that did not reach the store and will not. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Records that wait, those under way included. */
  get waiting(): number {
    return this.#queue.length;
  }

  write(record: LogRecord): void {
    if (this.#closed || this.#queue.length >= this.#options.capacity) {
      this.#drop(1);
      return;
    }
    this.#queue.push({ ...record, fields: plain(record.fields) });
    this.#schedule();
  }

  /** Writes what waits, for as long as `closeTimeoutMs` allows; never throws. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<void> {
    this.#stopTimer();
    let timer: NodeJS.Timeout | undefined;
    let late = false;
    const timeout = new Promise<void>((done) => {
      timer = setTimeout(() => {
        late = true;
        done();
      }, this.#options.closeTimeoutMs);
    });
    const rest = async () => {
      while (!late && (this.#flushing !== undefined || this.#queue.length > 0 || this.#untold > 0)) {
        if (!(await (this.#flushing ?? this.#flush()))) return;
      }
    };
    await Promise.race([rest(), timeout]);
    clearTimeout(timer);
    this.#drop(this.#queue.length);
    this.#queue = [];
  }

  /** Answers false when the store is away; the batch stays at the head of the queue. */
  #flush(): Promise<boolean> {
    this.#stopTimer();
    this.#flushing = this.#writeBatch().then((written) => {
      this.#flushing = undefined;
      this.#storeIsAway = !written;
      if (this.#queue.length > 0) this.#schedule();
      return written;
    });
    return this.#flushing;
  }

  async #writeBatch(): Promise<boolean> {
    const batch = this.#queue.slice(0, this.#options.batchSize);
    const told = this.#untold;
    try {
      await this.#store.appendLogs(told === 0 ? batch : [...batch, this.#confession(told)]);
      this.#untold -= told;
    } catch (error) {
      // A batch the database will never take must not stand in the way of the others.
      const hopeless = AlphaError.is(error) && !error.retryable;
      if (!hopeless || batch.length === 0) return false;
      this.#drop(batch.length);
    }
    this.#queue.splice(0, batch.length);
    return true;
  }

  #confession(count: number): LogRecord {
    return {
      ts: this.#options.now(),
      level: 'warn',
      message: 'Log records were dropped, because the database was too slow or away.',
      fields: { dropped: count },
    };
  }

  #schedule(): void {
    if (this.#flushing || this.#closed) return;
    if (this.#queue.length >= this.#options.batchSize && !this.#storeIsAway) {
      void this.#flush();
      return;
    }
    this.#timer ??= setTimeout(() => void this.#flush(), this.#options.intervalMs).unref();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#untold += count;
  }
}

/** A copy as it is now, in plain JSON: what cannot be written down must not fail a whole batch later. */
function plain(fields: LogRecord['fields']): LogRecord['fields'] {
  try {
    return JSON.parse(JSON.stringify(fields, writable)) as LogRecord['fields'];
  } catch {
    return { unwritable: Object.keys(fields) };
  }
}

function writable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
