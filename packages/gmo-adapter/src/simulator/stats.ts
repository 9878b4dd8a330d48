import type { FaultRecord } from './faults/active-fault.js';

/** By symbol. */
export type Counts = Record<string, number>;

/** Body of `GET /sim/stats`. All counts are since the start. */
export interface SimulatorStats {
  /** Records of the tape handed out, whether or not anybody listened. */
  readonly played: { readonly trades: Counts; readonly books: Counts };
  /**
   * Frames sent on public sockets, one for each event and socket: the second row of a doubled trade and repeats of a quiet
   * book are not counted, so that this equals what a client ought to have taken.
   */
  readonly frames: { readonly ticker: Counts; readonly orderbooks: Counts; readonly trades: Counts };
  /** Repeats of unchanged books. */
  readonly repeats: number;
  /** Orders taken, refused, canceled, expired. */
  readonly orders: number;
  readonly rejections: number;
  readonly canceled: number;
  readonly expired: number;
  readonly fills: number;
  /** Open now. */
  readonly sockets: { readonly public: number; readonly private: number };
  /** Sockets that ended, public and private: after a closing frame of the client (which ends its subscriptions), or in any other way. */
  readonly closed: { readonly clean: number; readonly cut: number };
  /** Public channel subscriptions active now. */
  readonly subscriptions: number;
  /** Most a record was late, wall milliseconds. */
  readonly maxLagMs: number;
  /** Each time that a fault was or is in force, the newest thousand. */
  readonly faults: readonly Readonly<FaultRecord>[];
}

export class StatsCounter {
  readonly played = { trades: {} as Counts, books: {} as Counts };
  readonly frames = { ticker: {} as Counts, orderbooks: {} as Counts, trades: {} as Counts };
  readonly closed = { clean: 0, cut: 0 };
  repeats = 0;
  orders = 0;
  rejections = 0;
  canceled = 0;
  expired = 0;
  fills = 0;

  /** Frames by `type symbol`, as events name their types. */
  framesByType(): Counts {
    const types = { ticker: 'ticker', orderbooks: 'orderbook', trades: 'trade' } as const;
    const counts: Counts = {};
    for (const channel of ['ticker', 'orderbooks', 'trades'] as const) {
      for (const [symbol, count] of Object.entries(this.frames[channel])) counts[`${types[channel]} ${symbol}`] = count;
    }
    return counts;
  }

  static add(counts: Counts, symbol: string, by = 1): void {
    counts[symbol] = (counts[symbol] ?? 0) + by;
  }
}
