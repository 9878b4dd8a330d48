import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { AlphaError } from '@alpha-engine/core';
import type { FinishedTrial, Period } from './trial.js';

/** What makes a search the same search, by a name for people: `data` → a hash, `space` → its texts. */
export type SearchIdentity = Readonly<Record<string, unknown>>;

/**
 * Trials on disk, a line of JSON each as it is finished, so that a search that was killed goes on where it was. The first line says
 * which search it is. A last line that was not written to its end is cut off.
 */
export class TrialFile {
  readonly #file: number;
  readonly #before: readonly FinishedTrial[];

  /** Of the lines that are whole; null where nothing is kept. */
  #bytes: number | null;

  private constructor(file: number, bytes: number | null, before: readonly FinishedTrial[]) {
    this.#file = file;
    this.#bytes = bytes;
    this.#before = before;
  }

  /**
   * `keeps`: false for what is no file, such as a pipe: trials are only written into it. Throws `USAGE` for a file of another search or
   * of something else, `DATA_UNREADABLE` for one that cannot be opened, and what the disk says where it takes no first line.
   */
  static open(path: string, identity: SearchIdentity, keeps = true): TrialFile {
    const isNew = keeps && !existsSync(path);
    const text = keeps && !isNew ? readText(path) : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [first, ...lines] = whole.split('\n').slice(0, -1);
    if (first !== undefined) assertSame(path, first, identity);
    else if (text !== '' && !text.startsWith('{"search":')) throw foreign(path);
    const before = lines.map((line, index) => parsed(path, line, index + 2));
    const file = openToAppend(path);
    const bytes = keeps ? Buffer.byteLength(whole) : null;
    const trials = new TrialFile(file, bytes, before);
    try {
      if (bytes !== null) ftruncateSync(file, bytes);
      if (first === undefined) trials.#write({ search: identity });
    } catch (error) {
      trials.close();
      if (isNew) rmSync(path, { force: true });
      throw error;
    }
    return trials;
  }

  /**
   * Those that were finished before, by index: of a part of the data, or of all of it. Without those that may take longer now than they
   * took before they were ended.
   */
  known(period?: Period, trialTimeoutMs = Number.POSITIVE_INFINITY): ReadonlyMap<number, FinishedTrial> {
    const same = ({ period: other }: FinishedTrial) => other?.from === period?.from && other?.to === period?.to;
    const final = ({ outcome }: FinishedTrial) =>
      !('failed' in outcome) || outcome.afterMs === undefined || outcome.afterMs >= trialTimeoutMs;
    return new Map(this.#before.filter((trial) => same(trial) && final(trial)).map((trial) => [trial.index, trial]));
  }

  /** Throws what the disk says; the lines before stay whole. */
  add({ index, outcome, point, period }: FinishedTrial): void {
    this.#write({ index, point, ...(period && { period }), outcome });
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(content: object): void {
    const line = `${JSON.stringify(content)}\n`;
    try {
      // One write may take a part of it and say nothing.
      writeFileSync(this.#file, line);
      if (this.#bytes !== null) this.#bytes += Buffer.byteLength(line);
    } catch (error) {
      if (this.#bytes !== null) ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
  }
}

function assertSame(path: string, line: string, identity: SearchIdentity): void {
  let before: SearchIdentity | undefined;
  try {
    before = (JSON.parse(line) as { readonly search?: SearchIdentity }).search;
  } catch {
    throw foreign(path);
  }
  if (before === undefined) throw foreign(path);
  const differing = Object.keys({ ...before, ...identity }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(identity[name]),
  );
  if (differing.length === 0) return;
  throw new AlphaError(
    'USAGE',
    `${path} holds the trials of another search: its ${differing.join(', its ')} ${differing.length === 1 ? 'is' : 'are'} not that of this one. Name another file with --out, or remove it.`,
    { context: { path, differing } },
  );
}

function parsed(path: string, line: string, number: number): FinishedTrial {
  try {
    const trial = JSON.parse(line) as FinishedTrial;
    if (typeof trial.index === 'number' && typeof trial.outcome === 'object') return trial;
  } catch {
    // Said below.
  }
  throw new AlphaError('DATA_INVALID', `Line ${number} of ${path} is no trial; the file was damaged. Remove it.`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): AlphaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AlphaError('DATA_UNREADABLE', `${path} cannot be opened: ${reason}.`, { cause });
}

function foreign(path: string): AlphaError {
  return new AlphaError('USAGE', `${path} is not a file of trials and is left alone. Name another file with --out.`);
}
