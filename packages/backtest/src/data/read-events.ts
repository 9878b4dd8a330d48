import type { AlphaEvent, EpochMs, MarketEvent } from '@alpha-engine/core';
import { AlphaError } from '@alpha-engine/core';
import type { DataProvenance } from './bar-source.js';
import type { EventSource } from './event-source.js';

export interface ReadEventsOptions {
  /** Where they come from, for people; no secrets. */
  readonly name: string;
  /** In the order in which they became known. Asked once. */
  readonly batches: () => AsyncIterable<readonly AlphaEvent[]>;
  readonly exchange: string;
  /** Events of other symbols are left out. Default: all are taken. */
  readonly symbols?: readonly string[];
}

/** Events that were kept somewhere else than in plain files: an archive, a bus, a database. Numbers that are missing are told, and those that are not there any more in front. */
export class ReadEvents implements EventSource {
  readonly #options: ReadEventsOptions;
  readonly #seqs = new Map<string, number>();
  /** Series whose first numbers are gone, and the first that is there. */
  readonly #trimmed: string[] = [];
  #read: DataProvenance | null = null;

  constructor(options: ReadEventsOptions) {
    this.#options = options;
  }

  provenance(): readonly DataProvenance[] {
    return this.#read === null ? [] : [this.#read];
  }

  /** Throws what reading throws, and `DATA_INVALID` when there is nothing of what was asked for. */
  async *events(): AsyncGenerator<readonly MarketEvent[]> {
    const { batches, exchange, name, symbols } = this.#options;
    let [rows, used, missing] = [0, 0, 0];
    let firstTs: EpochMs | null = null;
    let lastTs: EpochMs | null = null;
    for await (const events of batches()) {
      const batch: MarketEvent[] = [];
      rows += events.length;
      for (const event of events) {
        if (!isMarket(event) || event.exchange !== exchange || symbols?.includes(event.symbol) === false) continue;
        missing += this.#missingBefore(event);
        batch.push(event);
        firstTs ??= event.ts;
        lastTs = event.ts;
      }
      used += batch.length;
      if (batch.length > 0) yield batch;
    }
    const notes = missing === 0 ? [] : [`${missing} events are missing: their numbers are not there`];
    if (this.#trimmed.length > 0) notes.push(`what came earlier is not there: ${this.#trimmed.join(', ')}`);
    const gaps = { count: 0, longestMs: 0 };
    const columns = ['events as on the bus'];
    this.#read = {
      file: name,
      kind: 'events',
      sha256: null,
      rows,
      used,
      firstTs,
      lastTs,
      columns,
      faults: [],
      gaps,
      notes,
    };
    if (used === 0) {
      const of = symbols === undefined ? exchange : `${symbols.join(', ')} of ${exchange}`;
      throw new AlphaError('DATA_INVALID', `${name} holds no trade, book or ticker of ${of} in this time.`, {
        context: { name },
      });
    }
  }

  #missingBefore({ exchange, seq, symbol, type }: MarketEvent): number {
    if (seq === undefined) return 0;
    const series = `${type} ${symbol} ${exchange}`;
    const before = this.#seqs.get(series);
    this.#seqs.set(series, seq);
    if (before === undefined && seq > 1) this.#trimmed.push(`${type} of ${symbol} begins with number ${seq}`);
    return before === undefined ? 0 : Math.max(0, seq - before - 1);
  }
}

function isMarket(event: AlphaEvent): event is MarketEvent {
  return event.type === 'trade' || event.type === 'orderbook' || event.type === 'ticker';
}
