import type { Bar } from '@alpha-engine/core';
import type { BarSource } from './bar-source.js';

const BATCH = 1_024;

/**
 * Several sources as one: bars in order of their opening, those that open together in order of close and symbol. Each source is read as a
 * stream, no further than the others are.
 */
export function mergeBars(sources: readonly BarSource[]): BarSource {
  const [only] = sources;
  if (only !== undefined && sources.length === 1) return only;
  return {
    bars: () => merged(sources),
    provenance: () => sources.flatMap((source) => source.provenance()),
  };
}

async function* merged(sources: readonly BarSource[]): AsyncGenerator<readonly Bar[]> {
  const readers = sources.map((source) => new Reader(source));
  try {
    await Promise.all(readers.map((reader) => reader.fill()));
    let batch: Bar[] = [];
    for (;;) {
      let first: Reader | null = null;
      for (const reader of readers) {
        if (reader.head !== null && (first === null || opensBefore(reader.head, first.head as Bar))) first = reader;
      }
      if (first === null) break;
      batch.push(first.head as Bar);
      // Without waiting where the batch in hand still has bars: a wait for every bar would cost more than the run.
      if (!first.step()) await first.fill();
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

function opensBefore(a: Bar, b: Bar): boolean {
  if (a.openTs !== b.openTs) return a.openTs < b.openTs;
  if (a.closeTs !== b.closeTs) return a.closeTs < b.closeTs;
  return a.symbol < b.symbol;
}

/** The next bar of a source. */
class Reader {
  head: Bar | null = null;
  readonly #batches: AsyncIterator<readonly Bar[]> | Iterator<readonly Bar[]>;
  #batch: readonly Bar[] = [];
  #next = 0;

  constructor(source: BarSource) {
    const bars = source.bars();
    this.#batches = Symbol.asyncIterator in bars ? bars[Symbol.asyncIterator]() : bars[Symbol.iterator]();
  }

  /** False when the batch in hand is used up. */
  step(): boolean {
    this.head = this.#batch[this.#next] ?? null;
    this.#next += 1;
    return this.head !== null;
  }

  /** The next batch that has a bar; none: the source has ended. */
  async fill(): Promise<void> {
    while (!this.step()) {
      const { done, value } = await this.#batches.next();
      if (done === true) return;
      this.#batch = value;
      this.#next = 0;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}
