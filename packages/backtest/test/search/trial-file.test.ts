import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FinishedTrial, TrialFile } from '../../src/search/index.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alpha-trials-'));
  path = join(folder, 'trials.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const identity = { data: 'abc', 'strategy code': '1', space: ['fast=1..9'], seed: 1 };
const trial = (index: number): FinishedTrial => ({
  index,
  point: { fast: index },
  outcome: { failed: 'threw', message: 'No.\nNever.' },
});

function write(...indices: readonly number[]): void {
  const file = TrialFile.open(path, identity);
  for (const index of indices) file.add(trial(index));
  file.close();
}

function known(): readonly FinishedTrial[] {
  const file = TrialFile.open(path, identity);
  file.close();
  return [...file.known().values()];
}

describe('a file of trials', () => {
  it('gives back what was added, in several sittings', () => {
    write(1, 0);
    write(2);
    expect(known()).toEqual([trial(1), trial(0), trial(2)]);
  });

  it('tries again what was ended early, where it may take longer now', () => {
    const early: FinishedTrial = { ...trial(1), outcome: { failed: 'timed_out', message: 'No.', afterMs: 1_000 } };
    const file = TrialFile.open(path, identity);
    for (const one of [trial(0), early]) file.add(one);
    file.close();
    const again = TrialFile.open(path, identity);
    expect([...again.known(undefined, 1_000).keys()]).toEqual([0, 1]);
    expect([...again.known(undefined, 1_001).keys()]).toEqual([0]);
    again.add(trial(1));
    again.close();
    expect(known()).toEqual([trial(0), trial(1)]);
  });

  it('loses a line that was cut, and only that', () => {
    write(0, 1);
    const text = readFileSync(path, 'utf8');
    for (const cut of [1, 20, text.split('\n').slice(-2, -1).join('').length]) {
      writeFileSync(path, text.slice(0, -cut));
      expect(known()).toEqual([trial(0)]);
    }
    write(5);
    expect(known()).toEqual([trial(0), trial(5)]);
    writeFileSync(path, '{"search":{"da');
    expect(known()).toEqual([]);
  });

  it('is refused when it belongs to another search, or is something else', () => {
    write(0);
    const other = { ...identity, data: 'abd', 'strategy code': '2' };
    expect(() => TrialFile.open(path, other)).toThrow(
      `${path} holds the trials of another search: its data, its strategy code are not that of this one. Name another file with --out, or remove it.`,
    );
    for (const text of ['my notes', 'time,open\n1,2\n', '{"a":1}\n']) {
      writeFileSync(path, text);
      expect(() => TrialFile.open(path, identity)).toThrow('is not a file of trials and is left alone');
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('is refused when a line in it is damaged', () => {
    write(0);
    appendFileSync(path, '{"index":\n');
    expect(() => TrialFile.open(path, identity)).toThrow(`Line 3 of ${path} is no trial`);
    expect(() => TrialFile.open(join(folder, 'none', 'x'), identity)).toThrow(/cannot be opened: ENOENT/);
  });
});
