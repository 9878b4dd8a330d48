import type { EventBatch } from '../event-batch.js';
import type { SpoolPlace } from './spool.js';

/** Handed to the publisher and not acknowledged. */
export interface Sent {
  readonly batch: EventBatch;
  /** When they were taken, wall time. */
  readonly at: number;
  readonly sentAtMs: number;
  /** Market events that this process took itself. */
  readonly own: number;
  /** Where they end on disk; null while they are in memory alone. */
  place: SpoolPlace | null;
  isDone: boolean;
}

/** What is on its way to the bus, in order; answers may come in any. */
export class InFlight {
  #sent: Sent[] = [];
  #events = 0;
  #answeredAtMs = 0;

  get isEmpty(): boolean {
    return this.#sent.length === 0;
  }

  get events(): number {
    return this.#events;
  }

  /** When the oldest was taken, wall time. */
  get oldestAt(): number | undefined {
    return this.#sent[0]?.at;
  }

  /** How long the bus has left the oldest unanswered, milliseconds. */
  get silentMs(): number {
    const [oldest] = this.#sent;
    return oldest === undefined ? 0 : performance.now() - Math.max(oldest.sentAtMs, this.#answeredAtMs);
  }

  add(batch: EventBatch, about: Pick<Sent, 'at' | 'own' | 'place'>): Sent {
    const sent = { ...about, batch, sentAtMs: performance.now(), isDone: false };
    this.#sent.push(sent);
    this.#events += batch.length;
    return sent;
  }

  /** The bus has these. Takes out and returns those before which nothing is left unanswered. */
  settle(sent: Sent): readonly Sent[] {
    sent.isDone = true;
    this.#answeredAtMs = performance.now();
    const open = this.#sent.findIndex(({ isDone }) => !isDone);
    const done = this.#sent.splice(0, open === -1 ? this.#sent.length : open);
    for (const { batch } of done) this.#events -= batch.length;
    return done;
  }

  /** Those that are in memory alone, oldest first. */
  *kept(): Iterable<Sent> {
    for (const sent of this.#sent) if (sent.place === null && !sent.isDone) yield sent;
  }
}
