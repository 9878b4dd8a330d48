import type { Bar } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { mergeBars } from '../../src/index.js';
import { barsOf, DAY_MS, type Prices } from '../support/play.js';

const FLAT: Prices = [1, 1, 1, 1];

function sourceOf(bars: readonly Bar[], cut: number, file: string) {
  const batches: Bar[][] = [[]];
  for (const bar of bars) {
    if (batches.at(-1)?.length === cut) batches.push([]);
    batches.at(-1)?.push(bar);
  }
  const gaps = { count: 0, longestMs: 0 };
  const facts = {
    kind: 'bars' as const,
    sha256: null,
    rows: 0,
    used: 0,
    notes: [],
    firstTs: null,
    lastTs: null,
    columns: [],
    faults: [],
    gaps,
  };
  return { bars: () => batches, provenance: () => [{ file, ...facts }] };
}

async function read(source: ReturnType<typeof mergeBars>): Promise<Bar[]> {
  const all: Bar[] = [];
  for await (const bars of source.bars()) all.push(...bars);
  return all;
}

it('gives the bars of several sources in order of their opening, then of their symbols, each once', async () => {
  const b = barsOf(Array(5).fill(FLAT), 'B');
  const a = barsOf(Array(5).fill(FLAT), 'A').filter((_, index) => index !== 1);
  const late = barsOf(Array(2).fill(FLAT), 'C').map((bar) => ({ ...bar, openTs: bar.openTs + 10 * DAY_MS }));
  for (const cut of [1, 2, 100]) {
    const merged = mergeBars([
      sourceOf(b, cut, 'b'),
      sourceOf(late, cut, 'c'),
      sourceOf(a, 2, 'a'),
      sourceOf([], 1, '0'),
    ]);
    const said = (await read(merged)).map(({ openTs, symbol }) => `${(openTs - b[0]!.openTs) / DAY_MS}${symbol}`);
    expect(said.join(' ')).toBe('0A 0B 1B 2A 2B 3A 3B 4A 4B 10C 11C');
    expect(merged.provenance().map(({ file }) => file)).toEqual(['b', 'c', 'a', '0']);
  }
});

it('closes what it reads when the reader stops early', async () => {
  let closed = 0;
  const endless = {
    async *bars() {
      try {
        for (;;) yield barsOf(Array(2_000).fill(FLAT));
      } finally {
        closed += 1;
      }
    },
    provenance: () => [],
  };
  for await (const _ of mergeBars([endless, endless]).bars()) break;
  expect(closed).toBe(2);
});
