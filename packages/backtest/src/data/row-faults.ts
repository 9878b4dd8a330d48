import { AlphaError } from '@alpha-engine/core';
import type { RowFaults } from './bar-source.js';

const SHOWN_LINES = 5;

/** Counts bad rows by kind; keeps the lines of the first few. */
export class FaultCounter {
  readonly #kinds = new Map<string, { count: number; lines: number[] }>();

  add(problem: string, line: number): void {
    const kind = this.#kinds.get(problem) ?? { count: 0, lines: [] };
    kind.count += 1;
    if (kind.lines.length < SHOWN_LINES) kind.lines.push(line);
    this.#kinds.set(problem, kind);
  }

  get total(): number {
    let total = 0;
    for (const { count } of this.#kinds.values()) total += count;
    return total;
  }

  all(): readonly RowFaults[] {
    return [...this.#kinds].map(([problem, { count, lines }]) => ({ problem, count, lines }));
  }
}

/** `high below low: 3 rows (lines 17, 18, 40)`. */
export function faultText({ problem, count, lines }: RowFaults): string {
  const where =
    lines.length < count ? `lines ${lines.join(', ')}, …` : `line${count === 1 ? '' : 's'} ${lines.join(', ')}`;
  return `${problem}: ${count} row${count === 1 ? '' : 's'} (${where})`;
}

/** What a file with bad rows is refused with. */
export function refusalOf(file: string, faults: FaultCounter, hint = ''): AlphaError {
  const listed = faults.all();
  return new AlphaError(
    'DATA_INVALID',
    `${file} has bad rows: ${listed.map(faultText).join('; ')}.${hint} Mend the file, or leave them out with --bad-rows skip.`,
    { context: { file, faults: listed } },
  );
}
