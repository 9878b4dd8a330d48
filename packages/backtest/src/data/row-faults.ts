import { AlphaError } from '@alpha-engine/core';
import type { RowFaults } from './bar-source.js';

/** Of one kind, the first so many lines are named. */
export const SHOWN_LINES = 5;

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
  return `${problem}: ${count} row${count === 1 ? '' : 's'} (${linesText(lines, count)})`;
}

/** `lines 17, 18, …`. */
export function linesText(lines: readonly number[], count: number): string {
  return `line${count === 1 ? '' : 's'} ${lines.join(', ')}${lines.length < count ? ', …' : ''}`;
}

/** What a file with bad rows is refused with. `notes` of the file may say why. */
export function refusalOf(file: string, faults: FaultCounter, notes: readonly string[] = []): AlphaError {
  const listed = faults.all();
  const hint = notes.map((note) => ` ${note[0]?.toUpperCase()}${note.slice(1)}.`).join('');
  return new AlphaError(
    'DATA_INVALID',
    `${file} has bad rows: ${listed.map(faultText).join('; ')}.${hint} Mend the file, or leave them out with --bad-rows skip.`,
    { context: { file, faults: listed } },
  );
}
