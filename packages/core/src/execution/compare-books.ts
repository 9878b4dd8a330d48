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
  /** A full sentence with both values. */
  readonly message: string;
}

/** Everything in which our books and the exchange's differ; empty when they agree. */
export function compareBooks(books: Books, exchange: ExchangeView): readonly Difference[] {
  return [
    ...(exchange.positions === undefined ? [] : lots(books, exchange.positions, exchange.instruments)),
    ...(exchange.openOrders === undefined ? [] : orders(books, exchange.openOrders)),
    ...(exchange.fills === undefined ? [] : fills(books, exchange.fills)),
    ...(exchange.balances === undefined ? [] : balances(books, exchange.balances, exchange.instruments)),
  ];
}

/** Open lots, in words; used by the reconciliation of the executor too. */
export function lotDifferences(ours: readonly Lot[], theirs: readonly ExchangePosition[]): readonly string[] {
  const shown = new Map(theirs.map((position) => [position.positionId, position]));
  const found: string[] = [];
  for (const lot of ours) {
    const position = shown.get(lot.positionId);
    shown.delete(lot.positionId);
    const mine = `lot ${lot.positionId} is ${lot.side} ${lot.size} here`;
    if (position === undefined) found.push(`${mine} and not open there`);
    else if (position.side !== lot.side || !position.size.eq(lot.size)) {
      found.push(`${mine} and ${position.side} ${position.size} there`);
    }
  }
  for (const position of shown.values()) {
    found.push(`lot ${position.positionId} is ${position.side} ${position.size} there and unknown here`);
  }
  return found;
}

function lots(
  books: Books,
  positions: readonly ExchangePosition[],
  instruments: readonly Instrument[],
): readonly Difference[] {
  const leverage = new Set(instruments.filter(({ kind }) => kind === 'leverage').map(({ symbol }) => symbol));
  return lotDifferences(
    books.lots.filter(({ symbol }) => leverage.has(symbol)),
    positions.filter(({ symbol }) => leverage.has(symbol)),
  ).map((message) => difference('lot', message));
}

function orders(books: Books, openOrders: readonly ExchangeOrder[]): readonly Difference[] {
  const shown = new Map(openOrders.map((order) => [order.exchangeOrderId, order]));
  const found: Difference[] = [];
  for (const order of books.openOrders) {
    if (order.exchangeOrderId === null) {
      if (order.status !== 'PENDING') found.push(difference('order', `order ${order.clientOrderId} is in doubt here`));
      continue;
    }
    const theirs = shown.get(order.exchangeOrderId);
    shown.delete(order.exchangeOrderId);
    if (theirs === undefined) {
      found.push(difference('order', `order ${order.exchangeOrderId} is ${order.status} here and not open there`));
    } else if (!theirs.filledSize.eq(order.filledSize)) {
      const sizes = `filled ${order.filledSize} here and ${theirs.filledSize} there`;
      found.push(difference('order', `order ${order.exchangeOrderId} is ${sizes}`));
    }
  }
  for (const id of shown.keys()) found.push(difference('order', `order ${id} is open there and unknown here`));
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
    for (const [what, here, there] of pairs) {
      if (!here.eq(there)) found.push(difference('fills', `${symbol} ${what}: ${here} here and ${there} there`));
    }
  }
  return found;
}

function balances(books: Books, theirs: readonly Balance[], instruments: readonly Instrument[]): readonly Difference[] {
  const { baseline } = books;
  if (baseline === null) return [];
  const changes = new Map<string, Decimal>();
  const add = (asset: string, change: Decimal) => changes.set(asset, (changes.get(asset) ?? Decimal.zero).plus(change));
  for (const { symbol, kind, base, quote } of instruments) {
    const totals = books.totals[symbol];
    add(quote, totals?.cash ?? Decimal.zero);
    if (kind === 'spot') add(base, totals === undefined ? Decimal.zero : totals.bought.minus(totals.sold));
  }
  const totalOf = (list: readonly Balance[], asset: string) =>
    list.find((balance) => balance.asset === asset)?.total ?? Decimal.zero;
  const found: Difference[] = [];
  for (const [asset, change] of changes) {
    const here = totalOf(baseline, asset).plus(change);
    const there = totalOf(theirs, asset);
    if (!here.eq(there)) found.push(difference('balance', `${asset}: ${here} here and ${there} there`));
  }
  return found;
}

function difference(subject: Difference['subject'], message: string): Difference {
  return { subject, message: `${message[0]?.toUpperCase() ?? ''}${message.slice(1)}.` };
}
