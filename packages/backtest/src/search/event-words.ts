import type { MarketEvent } from '@alpha-engine/core';

/** What the events of one series have in common. */
export type Series = Pick<MarketEvent, 'exchange' | 'symbol' | 'type'>;

/** In the first word of an event, below the number of its series. */
const FLAG = { received: 1, numbered: 2, yes: 4 } as const;
/** Which way it came, as a multiple of this. */
const ORIGIN = 8;
const ORIGINS = [undefined, 'live', 'backfill', 'replay'] as const;
const SERIES = 32;
const QUOTE = ['bid', 'ask', 'last', 'high', 'low', 'volume'] as const;

/** Events as numbers: series and flags, time, where there are such when it was received and its number, and what it says. */
export class EventWriter {
  readonly series: Series[] = [];
  readonly #known = new Map<string, number>();

  sizeOf(event: MarketEvent): number {
    const head = 2 + (event.recv_ts === undefined ? 0 : 1) + (event.seq === undefined ? 0 : 1);
    if (event.type === 'trade') return head + 2;
    if (event.type === 'ticker') return head + QUOTE.length;
    return head + 2 + 2 * (event.data.bids.length + event.data.asks.length);
  }

  /** `words` has room for it. */
  write(event: MarketEvent, words: Float64Array, from: number): void {
    const { recv_ts: received, seq, ts } = event;
    const yes =
      event.type === 'trade' ? event.data.side === 'buy' : event.type === 'orderbook' && event.data.is_snapshot;
    const flags =
      (received === undefined ? 0 : FLAG.received) + (seq === undefined ? 0 : FLAG.numbered) + (yes ? FLAG.yes : 0);
    let at = from;
    words[at++] = this.#seriesOf(event) * SERIES + ORIGINS.indexOf(event.origin) * ORIGIN + flags;
    words[at++] = ts;
    if (received !== undefined) words[at++] = received;
    if (seq !== undefined) words[at++] = seq;
    if (event.type === 'trade') {
      words[at++] = event.data.price;
      words[at++] = event.data.size;
    } else if (event.type === 'ticker') {
      for (const name of QUOTE) words[at++] = event.data[name];
    } else {
      for (const levels of [event.data.bids, event.data.asks]) {
        words[at++] = levels.length;
        for (const [price, size] of levels) {
          words[at++] = price;
          words[at++] = size;
        }
      }
    }
  }

  #seriesOf({ exchange, symbol, type }: MarketEvent): number {
    const key = `${type} ${symbol} ${exchange}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, this.series.length);
    return this.series.push({ exchange, symbol, type }) - 1;
  }
}

/** The same back, one event after the other. */
export class EventReader {
  readonly #words: Float64Array;
  readonly #series: readonly Series[];
  #at: number;

  constructor(words: Float64Array, from: number, series: readonly Series[]) {
    this.#words = words;
    this.#at = from;
    this.#series = series;
  }

  next(): MarketEvent {
    const head = this.#word();
    const { exchange, symbol, type } = this.#series[Math.floor(head / SERIES)] as Series;
    const origin = ORIGINS[Math.floor((head % SERIES) / ORIGIN)];
    const ts = this.#word();
    const envelope = {
      exchange,
      symbol,
      ts,
      ...((head & FLAG.received) !== 0 && { recv_ts: this.#word() }),
      ...((head & FLAG.numbered) !== 0 && { seq: this.#word() }),
      ...(origin !== undefined && { origin }),
    };
    const yes = (head & FLAG.yes) !== 0;
    if (type === 'trade') {
      return { type, ...envelope, data: { price: this.#word(), size: this.#word(), side: yes ? 'buy' : 'sell' } };
    }
    if (type === 'orderbook') {
      return { type, ...envelope, data: { is_snapshot: yes, bids: this.#levels(), asks: this.#levels() } };
    }
    const [bid, ask, last, high, low, volume] = QUOTE.map(() => this.#word()) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return { type, ...envelope, data: { bid, ask, last, high, low, volume } };
  }

  #levels(): [number, number][] {
    return Array.from({ length: this.#word() }, () => [this.#word(), this.#word()]);
  }

  #word(): number {
    return this.#words[this.#at++] as number;
  }
}
