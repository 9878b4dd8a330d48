import type { FaultKind, FaultText } from '@alpha-engine/gmo-adapter/simulator';

export interface Scenario {
  /** What the row is called; several rows may show one kind. */
  readonly name: string;
  readonly faults: readonly FaultText[];
  /** Nothing is wrong with the data, or nothing that anybody has to notice. */
  readonly harmless?: boolean;
}

const TRADES = { channel: 'trades' } as const;

/** One row each: every fault there is, with the numbers that make it worth looking at. */
export const SCENARIOS: readonly Scenario[] = [
  one({ kind: 'handshake_refused', for: 10_000 }, { kind: 'cut' }),
  one({ kind: 'handshake_hung', for: 10_000 }, { kind: 'cut' }),
  one({ kind: 'handshake_dropped', for: 10_000 }, { kind: 'cut' }),
  one({ kind: 'rest_unavailable', for: 15_000 }, { kind: 'cut' }),
  one({ kind: 'rest_hung', for: 15_000 }, { kind: 'cut' }),
  one({ kind: 'rest_too_many', for: 15_000 }, { kind: 'cut' }),
  one({ kind: 'cut' }),
  one({ kind: 'cut', every: 5_000, times: 4 }),
  one({ kind: 'half_open' }),
  harmless({ kind: 'pings_unanswered', for: 60_000 }),
  one({ kind: 'subscribe_refused', acts: 1 }, { kind: 'cut' }),
  one({ kind: 'subscribe_ignored', acts: 1 }, { kind: 'cut' }),
  one({ kind: 'silence', for: 40_000 }),
  one({ kind: 'silence', for: 40_000, on: { channel: 'orderbooks' } }),
  one({ kind: 'silence', for: 40_000, on: TRADES }),
  harmless({ kind: 'duplicate', for: 10_000, on: { channel: 'orderbooks' } }),
  one({ kind: 'duplicate', for: 10_000, nth: 5, on: TRADES }),
  one({ kind: 'truncate', for: 10_000, nth: 10 }),
  one({ kind: 'corrupt', for: 10_000, nth: 10, letters: 3 }),
  harmless({ kind: 'unknown_field', for: 10_000 }),
  one({ kind: 'unknown_value', for: 10_000, nth: 5, on: TRADES }),
  one({ kind: 'crossed_book', for: 10_000 }),
  harmless({ kind: 'empty_book', for: 10_000 }),
  one({ kind: 'unsorted_book', for: 10_000 }),
  harmless({ kind: 'delay', for: 10_000, by: 2_000 }),
  one({ kind: 'reorder', for: 10_000, within: 500 }),
  harmless({ kind: 'burst', for: 5_000 }),
  one({ kind: 'slow_reader', for: 15_000, framesPerSecond: 5, most: 200 }),
  one({ kind: 'maintenance', for: 20_000 }),
  one({ kind: 'preopen', for: 40_000 }),
  harmless({ kind: 'skewed_clock', for: 20_000, by: 2_000 }),
];

function one(fault: FaultText, then?: FaultText): Scenario {
  return { name: nameOf(fault, then), faults: then === undefined ? [fault] : [fault, then] };
}

function harmless(fault: FaultText): Scenario {
  return { ...one(fault), harmless: true };
}

/** `silence` (orderbooks, 40s), then `cut` */
function nameOf(fault: FaultText, then?: FaultText): string {
  const { kind, on, ...rest } = fault;
  const text = (value: unknown) => (typeof value === 'number' && value >= 500 ? `${value / 1_000} s` : String(value));
  const said = [...Object.values(on ?? {}), ...Object.entries(rest).map(([key, value]) => `${key} ${text(value)}`)];
  return [
    `\`${kind}\``,
    said.length === 0 ? '' : ` ${said.join(', ')}`,
    then === undefined ? '' : `; then \`${then.kind}\``,
  ].join('');
}

/** From the beginning to when nothing is in force any more, milliseconds; what has no end is in force for a moment. */
export function lengthOf({ faults }: Scenario): number {
  return Math.max(
    ...faults.map((fault) => Number(fault.every ?? 0) * ((fault.times ?? 1) - 1) + Number(fault.for ?? 0)),
  );
}

export function kindsOf({ faults }: Scenario): readonly FaultKind[] {
  return faults.map(({ kind }) => kind);
}
