import { readFileSync } from 'node:fs';
import type { Protect } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { barsOf, type Prices, play, scripted, told } from '../support/play.js';

const PAGE = readFileSync(new URL('../../../../docs/fills.md', import.meta.url), 'utf8');
const FLAT: Prices = [100, 100, 100, 100];

type Row = readonly [
  what: string,
  side: string,
  stop: string,
  target: string,
  trail: string,
  bar: string,
  trade: string,
];

/** The rows of the table below a heading of the page. */
function rowsBelow(heading: string): Row[] {
  const section = PAGE.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map(
    (line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()) as unknown as Row,
  );
}

function protectOf(stop: string, target: string, trail: string): Protect {
  return {
    ...(stop && { stop_loss: { price: Number(stop) } }),
    ...(target && { take_profit: { price: Number(target) } }),
    ...(trail && { trail: { distance: Number(trail) } }),
  };
}

describe.each([
  ['After the entry', [FLAT, FLAT]],
  ['In the bar of the entry', [FLAT]],
] as const)('%s', (heading, before) => {
  it.each(rowsBelow(heading))(
    '%s (%s, stop %s, target %s, trail %s, bar %s): %s',
    (_what, side, stop, target, trail, bar, trade) => {
      const prices = bar.split(',').map(Number) as unknown as Prices;
      const acts = scripted({ 0: side as 'long' | 'short' }, protectOf(stop, target, trail));
      const { result } = play(acts, barsOf([...before, prices]));
      const denied = result.denials.map(({ data }) => `denied: ${data.code}`);
      expect([...told(result), ...denied]).toEqual([trade]);
    },
  );
});

it('knows as many examples as its page', () => {
  expect(rowsBelow('After the entry').length + rowsBelow('In the bar of the entry').length).toBeGreaterThan(20);
});
