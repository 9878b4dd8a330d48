import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decimal, type OrderRow } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine, SPINE_SYMBOLS } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

const SECONDS = 60;

interface Told {
  readonly symbol: string;
  readonly side: string;
  readonly size: string;
  readonly entryPrice: string;
  readonly opened: string;
  readonly fees: string;
  readonly pnl: string;
}

interface Position {
  readonly symbol: string;
  readonly realizedPnl: string;
  readonly fees: string;
}

it('tells what came of a session: its trades and profits are those of the record', async () => {
  const folder = await tempFolder();
  const { orders } = await runSpine({ folder, tape: await shortTape(folder, SECONDS), speed: 10 });
  const surroundings = { folder, env: { ALPHA_DATA_DIR: join(folder, 'data') } };
  const json = async (...args: string[]) => {
    const { exit, stderr, stdout } = await runAlpha([...args, '--json'], surroundings);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  const report = await json('report', '--html', 'report.html');
  const positions: readonly Position[] = await json('positions');
  const told: readonly Told[] = [...report.trades, ...report.openTrades];
  const filled = orders.filter(({ order }) => !order.filledSize.isZero());

  expect(filled.length).toBeGreaterThan(5);
  expect(report.trades.length).toBeGreaterThan(2);
  expect(report.orders.length).toBe(orders.length);
  expect(report.strategies).toMatchObject(
    SPINE_SYMBOLS.map((symbol) => ({ label: 'ma-cross', symbol, timeframe: '1s', params: { fast: 3, slow: 8 } })),
  );
  for (const symbol of SPINE_SYMBOLS) {
    const mine = told.filter((trade) => trade.symbol === symbol);
    const ours = filled.filter(({ order }) => order.terms.symbol === symbol);
    // What was opened, in trades and in orders.
    expect(String(sum(mine.map(({ size }) => size)))).toBe(String(sum(ours.filter(opens).map(sizeOf))));
    // Fees, and what was earned with what was closed.
    expect(String(sum(mine.map(({ fees }) => fees)))).toBe(String(sum(ours.map(({ fees }) => String(fees)))));
    const booked = positions.filter((position) => position.symbol === symbol);
    const realized = sum(booked.map(({ realizedPnl }) => realizedPnl)).minus(sum(booked.map(({ fees }) => fees)));
    const closed = sum(report.trades.filter((trade: Told) => trade.symbol === symbol).map(({ pnl }: Told) => pnl));
    const open = sum(
      report.openTrades.filter((trade: Told) => trade.symbol === symbol).map((trade: Told) => trade.fees),
    );
    expect(closed.minus(open).toNumber()).toBeCloseTo(realized.toNumber(), 3);
  }

  const page = await readFile(join(folder, 'report.html'), 'utf8');
  for (const text of ['Live trading: ma-cross', '<section id="trades"', 'Deposits and withdrawals']) {
    expect(page).toContain(text);
  }
  expect(page).not.toContain('demo-secret');

  // A part of it: what was open when it began is said, and trades that ended before are not in it.
  const last = report.trades.at(-1);
  const later = await json('report', '--from', new Date(Date.parse(last.opened) + 1).toISOString());
  expect(later.trades).toContainEqual(last);
  expect(later.trades.length).toBeLessThan(report.trades.length);
  expect(later.notes.join(' ')).toContain('open when the period began');

  for (const [flags, said] of [
    [['--from', '2030-01-01'], 'Nothing of gmo was booked in this period'],
    [['--strategy', 'nobody'], 'There are: ma-cross.'],
    [['--html', 'nowhere/report.html'], 'there is no such folder'],
  ] as const) {
    const { exit, stderr } = await runAlpha(['report', ...flags], surroundings);
    expect(exit).not.toBe(0);
    expect(stderr).toContain(said);
  }
}, 180_000);

function opens({ order }: OrderRow): boolean {
  return order.terms.effect === 'open';
}

function sizeOf({ order }: OrderRow): string {
  return String(order.filledSize);
}

function sum(values: readonly string[]): Decimal {
  return values.reduce((total, value) => total.plus(Decimal.of(value)), Decimal.zero);
}
