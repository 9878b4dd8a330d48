import type { FaultText } from '@alpha-engine/gmo-adapter/simulator';

/** What a fault of the simulator says beside its times. */
type Kind = FaultText extends infer One ? (One extends FaultText ? Omit<One, 'at' | 'for' | 'clock'> : never) : never;

/** Something that goes wrong. Times are wall time, milliseconds. */
export interface Trouble {
  readonly name: string;
  /** Range to draw its length from; absent: a moment. */
  readonly lastsMs?: readonly [from: number, to: number];
  /** On the side of the exchange, all at once; `brief` ones have no length, the others the length drawn. */
  readonly faults?: readonly (Kind & { readonly brief?: true })[];
  /** What happens to the collector. */
  readonly collector?: 'kill' | 'terminate';
  /** How often it comes beside the others that cost trades; default 1. */
  readonly share?: number;
  /** Beyond its length, until trades flow again at the latest; absent: none are missed, or only single ones. */
  readonly blindMs?: number;
}

const TRADES = { channel: 'trades' } as const;
const CUT = { kind: 'cut', brief: true } as const;

/**
 * Everything that goes wrong on a day. Left out, because nobody could tell: copies of trades and letters changed in them (they carry no
 * id and no checksum), and a clock of the exchange that is off (what it says then differs from the tape).
 */
export const TROUBLES: readonly Trouble[] = [
  { name: 'kill -9', collector: 'kill', share: 4, blindMs: 6_000 },
  { name: 'SIGTERM', collector: 'terminate', share: 2, blindMs: 6_000 },
  { name: 'cut', faults: [CUT], share: 3, blindMs: 6_000 },
  {
    name: 'cut, handshakes refused (503)',
    lastsMs: [2_000, 6_000],
    faults: [CUT, { kind: 'handshake_refused' }],
    blindMs: 14_000,
  },
  {
    name: 'cut, handshakes unanswered',
    lastsMs: [2_000, 4_000],
    faults: [CUT, { kind: 'handshake_hung' }],
    blindMs: 20_000,
  },
  {
    name: 'cut, handshakes dropped',
    lastsMs: [2_000, 6_000],
    faults: [CUT, { kind: 'handshake_dropped' }],
    blindMs: 14_000,
  },
  {
    name: 'cut, subscribe refused (ERR-5003)',
    faults: [CUT, { kind: 'subscribe_refused', acts: 1, brief: true }],
    blindMs: 75_000,
  },
  {
    name: 'cut, subscribe ignored',
    faults: [CUT, { kind: 'subscribe_ignored', acts: 1, brief: true }],
    blindMs: 35_000,
  },
  { name: 'cut, REST 503', lastsMs: [3_000, 8_000], faults: [CUT, { kind: 'rest_unavailable' }], blindMs: 15_000 },
  { name: 'cut, REST ERR-5003', lastsMs: [1_000, 5_000], faults: [CUT, { kind: 'rest_too_many' }], blindMs: 15_000 },
  { name: 'cut, REST unanswered', faults: [CUT, { kind: 'rest_hung', acts: 1, brief: true }], blindMs: 20_000 },
  { name: 'half-open', lastsMs: [3_000, 25_000], faults: [{ kind: 'half_open' }], blindMs: 10_000 },
  // A shorter one cannot be told from a quiet book.
  { name: 'silence', lastsMs: [7_500, 30_000], faults: [{ kind: 'silence' }], blindMs: 10_000 },
  // The ticker is the witness: a shorter one may pass between two of them.
  { name: 'silence of trades', lastsMs: [5_000, 15_000], faults: [{ kind: 'silence', on: TRADES }], blindMs: 10_000 },
  {
    name: 'silence of books',
    lastsMs: [3_000, 20_000],
    faults: [{ kind: 'silence', on: { channel: 'orderbooks' } }],
  },
  {
    name: 'slow reader',
    lastsMs: [3_000, 8_000],
    faults: [{ kind: 'slow_reader', framesPerSecond: 10, most: 100 }],
    blindMs: 15_000,
  },
  { name: 'maintenance', lastsMs: [2_000, 10_000], faults: [{ kind: 'maintenance' }], blindMs: 35_000 },
  { name: 'PREOPEN', lastsMs: [2_000, 10_000], faults: [{ kind: 'preopen' }] },
  { name: 'pings unanswered', lastsMs: [5_000, 10_000], faults: [{ kind: 'pings_unanswered' }] },
  {
    name: 'frames cut short',
    lastsMs: [500, 2_000],
    faults: [{ kind: 'truncate', nth: 20 }],
    blindMs: 5_000,
  },
  {
    name: 'trades with an unknown side',
    lastsMs: [500, 2_000],
    faults: [{ kind: 'unknown_value', nth: 10, on: TRADES }],
    blindMs: 5_000,
  },
  { name: 'unknown fields', lastsMs: [1_000, 3_000], faults: [{ kind: 'unknown_field' }] },
  {
    name: 'books twice',
    lastsMs: [1_000, 3_000],
    faults: [{ kind: 'duplicate', on: { channel: 'orderbooks' } }],
  },
  {
    name: 'books with wrong letters',
    lastsMs: [1_000, 3_000],
    faults: [{ kind: 'corrupt', letters: 3, nth: 3, on: { channel: 'orderbooks' } }],
  },
  { name: 'crossed books', lastsMs: [1_000, 3_000], faults: [{ kind: 'crossed_book' }] },
  { name: 'empty books', lastsMs: [1_000, 3_000], faults: [{ kind: 'empty_book' }] },
  { name: 'unsorted books', lastsMs: [1_000, 3_000], faults: [{ kind: 'unsorted_book' }] },
  { name: 'delay', lastsMs: [1_000, 3_000], faults: [{ kind: 'delay', by: 800 }] },
  // Less than a second of market time: so far back a trade is looked for that was overtaken when the socket was cut.
  { name: 'frames out of order', lastsMs: [1_000, 3_000], faults: [{ kind: 'reorder', within: 20 }] },
  { name: 'burst', lastsMs: [1_000, 3_000], faults: [{ kind: 'burst' }] },
];
