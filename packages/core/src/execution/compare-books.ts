import { Decimal } from '../decimal/decimal.js';
import type { Balance, ExchangeFill, ExchangeOrder, ExchangePosition } from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { Lot } from '../ledger/lot.js';
import type { Books } from './books.js';

/** What the exchange shows; a part that is absent is not compared. */
export interface ExchangeView {
  readonly positions?: readonly ExchangePosition[];
  readonly openOrders?: readonly ExchangeOrder[];
  /** Every fill since the books began. */
  readonly fills?: readonly ExchangeFill[];
  readonly balances?: readonly Balance[];
  readonly instruments: readonly Instrument[];
}

export interface Difference {
  readonly subject: 'lot' | 'order' | 'fills' | 'balance';
  /** What differs: `lot 86266891`, `order 12`, `BTC_JPY fees`, `JPY`. */
  readonly what: string;
  readonly ours: string;
  readonly theirs: string;
  /** A full sentence with both values. */
  readonly message: string;
}

/** Names a difference with both its values: what an operator accepts is this, and nothing that came of it since. */
export function differenceKey({ subject, what, ours, theirs }: Difference): string {
  return `${subject} ${what}: ${ours} | ${theirs}`;
}

/** Everything in which our books and the exchange's differ; empty when they agree. */
export function compareBooks(books: Books, exchange: ExchangeView): readonly Difference[] {
  return [
    ...(exchange.positions === undefined ? [] : lots(books, exchange.positions, exchange.instruments)),
    ...(exchange.openOrders === undefined ? [] : orders(books, exchange.openOrders)),
    ...(exchange.fills === undefined ? [] : fills(books, exchange.fills)),
    ...(exchange.balances === undefined ? [] : balanceDifferences(books, exchange.balances)),
  ];
}

/** Of open lots; used by the reconciliation of the executor too. */
export function lotDifferences(ours: readonly Lot[], theirs: readonly ExchangePosition[]): readonly Difference[] {
  const shown = new Map(theirs.map((position) => [position.positionId, position]));
  const found: Difference[] = [];
  const differ = (id: string, here: string, there: string, words: string) =>
    found.push(difference('lot', `lot ${id}`, here, there, `lot ${id} is ${words}`));
  for (const lot of ours) {
    const position = shown.get(lot.positionId);
    shown.delete(lot.positionId);
    const here = `${lot.side} ${lot.size}`;
    if (position === undefined) differ(lot.positionId, here, NOTHING, `${here} here and not open there`);
    else if (position.side !== lot.side || !position.size.eq(lot.size)) {
      const there = `${position.side} ${position.size}`;
      differ(lot.positionId, here, there, `${here} here and ${there} there`);
    }
  }
  for (const position of shown.values()) {
    const there = `${position.side} ${position.size}`;
    differ(position.positionId, NOTHING, there, `${there} there and unknown here`);
  }
  return found;
}

/** What the account holds against what the books say it should: the baseline, what fills changed, and transfers. */
export function balanceDifferences(
  { assets, baseline, totals, transfers }: Pick<Books, 'assets' | 'baseline' | 'totals' | 'transfers'>,
  theirs: readonly Balance[],
): readonly Difference[] {
  if (baseline === null) return [];
  const changes = new Map<string, Decimal>();
  const add = (asset: string, change: Decimal) => changes.set(asset, (changes.get(asset) ?? Decimal.zero).plus(change));
  for (const [symbol, { kind, base, quote }] of Object.entries(assets)) {
    const sums = totals[symbol];
    add(quote, sums?.cash ?? Decimal.zero);
    if (kind === 'spot') add(base, sums === undefined ? Decimal.zero : sums.bought.minus(sums.sold));
  }
  for (const { asset, size } of transfers) if (changes.has(asset)) add(asset, size);
  const found: Difference[] = [];
  for (const [asset, change] of changes) {
    const here = totalOf(baseline, asset).plus(change);
    const there = totalOf(theirs, asset);
    if (here.eq(there)) continue;
    found.push(difference('balance', asset, `${here}`, `${there}`, `${asset}: ${here} here and ${there} there`));
  }
  return found;
}

/** With both values, as a sentence. */
export function difference(
  subject: Difference['subject'],
  what: string,
  ours: string,
  theirs: string,
  words: string,
): Difference {
  return { subject, what, ours, theirs, message: `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}.` };
}

/** Of a side that does not have it. */
export const NOTHING = 'none';

function lots(
  books: Books,
  positions: readonly ExchangePosition[],
  instruments: readonly Instrument[],
): readonly Difference[] {
  const leverage = new Set(instruments.filter(({ kind }) => kind === 'leverage').map(({ symbol }) => symbol));
  return lotDifferences(
    books.lots.filter(({ symbol }) => leverage.has(symbol)),
    positions.filter(({ symbol }) => leverage.has(symbol)),
  );
}

function orders(books: Books, openOrders: readonly ExchangeOrder[]): readonly Difference[] {
  const shown = new Map(openOrders.map((order) => [order.exchangeOrderId, order]));
  for (const id of books.externalOrders) shown.delete(id);
  const found: Difference[] = [];
  const differ = (id: string, here: string, there: string, words: string) =>
    found.push(difference('order', `order ${id}`, here, there, `order ${id} is ${words}`));
  for (const order of books.openOrders) {
    const { clientOrderId, exchangeOrderId: id, filledSize, status } = order;
    if (id === null) {
      if (status !== 'PENDING') differ(clientOrderId, 'in doubt', 'unknown', 'in doubt here');
      continue;
    }
    const theirs = shown.get(id);
    shown.delete(id);
    if (theirs === undefined) differ(id, status, NOTHING, `${status} here and not open there`);
    else if (!theirs.filledSize.eq(filledSize)) {
      const words = `filled ${filledSize} here and ${theirs.filledSize} there`;
      differ(id, `filled ${filledSize}`, `filled ${theirs.filledSize}`, words);
    }
  }
  for (const id of shown.keys()) differ(id, NOTHING, 'open', 'open there and unknown here');
  return found;
}

function fills(books: Books, theirs: readonly ExchangeFill[]): readonly Difference[] {
  const found: Difference[] = [];
  const symbols = new Set([...Object.keys(books.totals), ...theirs.map(({ symbol }) => symbol)]);
  for (const symbol of symbols) {
    const ours = books.totals[symbol];
    const shown = theirs.filter((fill) => fill.symbol === symbol);
    const sizeOf = (side: 'buy' | 'sell') =>
      Decimal.sum(shown.filter((fill) => fill.side === side).map(({ size }) => size));
    const pairs: readonly [string, Decimal, Decimal][] = [
      ['fills', Decimal.of(ours?.count ?? 0), Decimal.of(shown.length)],
      ['bought', ours?.bought ?? Decimal.zero, sizeOf('buy')],
      ['sold', ours?.sold ?? Decimal.zero, sizeOf('sell')],
      ['fees', ours?.fees ?? Decimal.zero, Decimal.sum(shown.map(({ fee }) => fee))],
    ];
    for (const [name, here, there] of pairs) {
      if (here.eq(there)) continue;
      const what = `${symbol} ${name}`;
      found.push(difference('fills', what, `${here}`, `${there}`, `${what}: ${here} here and ${there} there`));
    }
  }
  return found;
}

function totalOf(balances: readonly Balance[], asset: string): Decimal {
  return balances.find((balance) => balance.asset === asset)?.total ?? Decimal.zero;
}
