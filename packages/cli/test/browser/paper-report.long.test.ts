import { join } from 'node:path';
import { Decimal, type EquityRecord, type FillRecord, type Store } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { openFile } from '../support/browser.js';
import { drawn, numberIn } from '../support/report-page.js';
import { shortTape } from '../support/short-tape.js';
import { runSpine, SPINE_SYMBOLS, type SpineRun, withStore } from '../support/spine.js';
import { tempFolder } from '../support/temp-folder.js';

/** 06:00 in Japan: what is held on leverage pays for the night. */
const NIGHT_TS = Date.UTC(2024, 7, 8, 21);
const SECONDS = 12.5;
const CAPITAL = 1_000_000;

interface Round {
  readonly symbol: string;
  size: Decimal;
  /** What its fills took and gave, fees included. */
  cash: Decimal;
  fees: Decimal;
  opened: Decimal;
}

/** The whole way of a session on paper, in lockstep so that it is the same each time, and every figure once more from its rows. */
it('tells of a session on paper what the records say, in figures, rows and on the page', async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, SECONDS, NIGHT_TS - 6_000);
  const run = await runSpine({
    ...{ folder, tape, speed: 'lockstep', paper: [], params: { fast: 1, slow: 2 } },
    // The balances show what the night took; they are read some time after it.
    until: async (store) =>
      nightsIn(
        await store.fills(),
        (await store.positions()).map(({ fees }) => fees),
      ).isPositive(),
  });
  expect(run.exchangeOrders).toBe(0);

  const surroundings = { folder, env: { ALPHA_DATA_DIR: join(folder, 'data') } };
  const told = await runAlpha(['report', '--html', 'report.html', '--json'], surroundings);
  expect(told).toMatchObject({ exit: 0, stderr: '' });
  const report = JSON.parse(told.stdout);
  const record = await withStore(join(folder, 'data'), recordOf);
  const { fills, positions, rows } = record;
  const { closed, open } = roundsOf(fills);
  const [last, falls] = [rows.at(-1) as EquityRecord, fallOf(rows)];
  const paid = sum(fills.map(({ fill }) => fill.fee));
  const nights = nightsIn(
    fills,
    positions.map(({ fees }) => fees),
  );
  const profits = closed.map(({ cash }) => cash.toNumber());
  const [wins, losses] = [profits.filter((pnl) => pnl > 0), profits.filter((pnl) => pnl < 0)];

  // There is something to tell: a trade won, some lost, one open, and a night.
  expect({ closed: closed.length, open: open.length, wins: wins.length, orders: run.orders.length }).toEqual({
    closed: 5,
    open: 1,
    wins: 1,
    orders: 11,
  });
  expect(String(nights)).toBe('36');

  expect(report).toMatchObject({
    ...{ kind: 'paper', bars: run.bars.length, signals: run.signals.length, denials: [], failures: [] },
    strategies: SPINE_SYMBOLS.map((symbol) => ({ label: 'ma-cross', symbol, params: { fast: 1, slow: 2 } })),
    metrics: {
      ...{ initialEquity: CAPITAL, finalEquity: last.equity.toNumber(), feesPaid: last.fees.toNumber() },
      ...{ trades: closed.length, winRate: wins.length / closed.length, maxDrawdown: falls },
    },
  });
  expect(String(last.fees)).toBe(String(paid.plus(nights)));
  expect(report.orders.map(({ clientOrderId }: { clientOrderId: string }) => clientOrderId)).toEqual(
    run.orders.map(({ order }) => order.terms.clientOrderId),
  );
  const { metrics } = report;
  expect(metrics.totalReturn).toBeCloseTo(last.equity.toNumber() / CAPITAL - 1, 12);
  expect(metrics.profitFactor).toBeCloseTo(total(wins) / -total(losses), 9);
  expect(metrics.expectancy).toBeCloseTo(total(profits) / closed.length, 9);
  const changes = closed.map(({ cash, opened }) => cash.dividedBy(opened).toNumber());
  expect(metrics.bestReturn).toBeCloseTo(Math.max(...changes), 12);
  expect(metrics.worstReturn).toBeCloseTo(Math.min(...changes), 12);
  expect(metrics.buyAndHoldReturn).toBeCloseTo(heldReturn(run), 12);
  expect(metrics.exposure).toBeCloseTo(exposureOf(run, fills), 12);

  // Trades and books agree to the yen: what was realised, and what is open at the price of the last bar.
  const rowsOf = (which: 'openTrades' | 'trades') => report[which].map((row: Told) => [row.symbol, row.pnl, row.fees]);
  expect(rowsOf('trades')).toEqual(closed.map(({ cash, fees, symbol }) => [symbol, String(cash), String(fees)]));
  const worth = ({ cash, size, symbol }: Round) => cash.plus(size.times(Decimal.of(lastClose(run, symbol))));
  expect(rowsOf('openTrades')).toEqual(open.map((one) => [one.symbol, String(worth(one)), String(one.fees)]));
  const realized = sum(positions.map((one) => one.realizedPnl.minus(one.fees)));
  expect(
    String(
      sum(closed.map(({ cash }) => cash))
        .minus(sum(open.map(({ fees }) => fees)))
        .minus(nights),
    ),
  ).toBe(String(realized));
  for (const { name, ...part } of report.bySymbol) {
    const mine = [...closed, ...open.map((one) => ({ ...one, cash: worth(one) }))].filter(
      ({ symbol }) => symbol === name,
    );
    expect(part.profit).toBeCloseTo(sum(mine.map(({ cash }) => cash)).toNumber(), 9);
    expect(part.feesPaid).toBeCloseTo(sum(mine.map(({ fees }) => fees)).toNumber(), 9);
  }
  expect(report.notes.join(' ')).toContain('36 of the fees were for nights on leverage');

  // And a reader sees it.
  const { page, requests, said } = await openFile(join(folder, 'report.html'), {
    viewport: { width: 1280, height: 900 },
  });
  await drawn(page);
  const figure = (label: string) => page.locator('#figures tr', { hasText: label }).first().locator('td').textContent();
  expect(await page.locator('.kind').textContent()).toBe('Paper trading');
  expect(await figure('Initial equity')).toBe('1\u202f000\u202f000.00');
  expect(numberIn(await figure('Final equity'))).toBeCloseTo(last.equity.toNumber(), 1);
  expect(numberIn(await figure('Fees paid'))).toBe(last.fees.toNumber());
  expect(await page.locator('[data-trades] tbody tr').count()).toBe(closed.length + open.length);
  expect(await page.locator('.warning', { hasText: 'nights on leverage' }).count()).toBe(1);
  expect({ said, outside: requests.filter((url) => !/^(file|data):/.test(url)) }).toEqual({ said: [], outside: [] });
}, 180_000);

interface Told {
  readonly symbol: string;
  readonly pnl: string;
  readonly fees: string;
}

async function recordOf(store: Store) {
  const rows: EquityRecord[] = [];
  for await (const page of store.equity('execution:gmo', { from: 0, to: Number.MAX_SAFE_INTEGER })) rows.push(...page);
  return { fills: await store.fills(), positions: await store.positions(), rows };
}

/** What the positions paid beyond the fees of their fills. */
function nightsIn(fills: readonly FillRecord[], paid: readonly Decimal[]): Decimal {
  return sum(paid).minus(sum(fills.map(({ fill }) => fill.fee)));
}

/** From flat to flat, symbol by symbol, in money alone. */
function roundsOf(fills: readonly FillRecord[]): {
  readonly closed: readonly Round[];
  readonly open: readonly Round[];
} {
  const [closed, open]: [Round[], Map<string, Round>] = [[], new Map()];
  for (const { fee, price, side, size, symbol } of fills.map(({ fill }) => fill)) {
    const { zero } = Decimal;
    const round = open.get(symbol) ?? { symbol, size: zero, cash: zero, fees: zero, opened: zero };
    const bought = side === 'buy' ? size : size.negated();
    if (side === 'buy') round.opened = round.opened.plus(price.times(size));
    round.size = round.size.plus(bought);
    round.cash = round.cash.minus(bought.times(price)).minus(fee);
    round.fees = round.fees.plus(fee);
    if (round.size.isZero() && open.delete(symbol)) closed.push(round);
    else open.set(symbol, round);
  }
  return { closed, open: [...open.values()] };
}

function fallOf(rows: readonly EquityRecord[]): number {
  let [peak, most] = [CAPITAL, 0];
  for (const { equity } of rows) {
    peak = Math.max(peak, equity.toNumber());
    most = Math.max(most, (peak - equity.toNumber()) / peak);
  }
  return most;
}

function heldReturn({ bars }: SpineRun): number {
  const changes = SPINE_SYMBOLS.map((name) => {
    const closes = bars.filter(({ symbol }) => symbol === name).map(({ close }) => close);
    return (closes.at(-1) as number) / (closes[0] as number) - 1;
  });
  return total(changes) / changes.length;
}

/** Bars at whose close anything was held, of all. */
function exposureOf({ bars }: SpineRun, fills: readonly FillRecord[]): number {
  const held = bars.filter(({ closeTs }) => roundsOf(fills.filter(({ fill }) => fill.ts <= closeTs)).open.length > 0);
  return held.length / bars.length;
}

function lastClose({ bars }: SpineRun, name: string): number {
  return bars.findLast(({ symbol }) => symbol === name)?.close ?? 0;
}

function sum(values: readonly Decimal[]): Decimal {
  return Decimal.sum(values);
}

function total(values: readonly number[]): number {
  return values.reduce((so, value) => so + value, 0);
}
