import { Decimal } from '@alpha-engine/core';
import type { SimulatedExchange } from '@alpha-engine/core/simulation';
import { SYMBOL_ROWS } from '../mapper/symbol-rows.js';
import { type Answer, INVALID_PATH, invalidParameter, ok, okList, refuse } from './envelopes.js';
import type { PrivateRestContext } from './private-context.js';
import { executionRow, orderRow, positionRow, summaryRows } from './private-rows.js';
import type { SimulatorSwitches } from './switches.js';
import { ASSETS, isSymbol } from './symbols.js';

const DAY_MS = 86_400_000;
const MOST_IDS = 10;

/** The GET endpoints. */
export function read(path: string, query: URLSearchParams, context: PrivateRestContext): Answer {
  const { exchange, switches } = context;
  switch (path) {
    case '/v1/account/margin':
      return margin(exchange);
    case '/v1/account/assets':
      return assets(exchange);
    case '/v1/account/tradingVolume':
      return tradingVolume(context);
    case '/v1/orders': {
      const ids = idList(query.get('orderId'));
      if (ids === null) return invalidParameter('orderId');
      return okList(ids.flatMap((id) => exchange.order(id) ?? []).map((order) => orderRow(order, switches)));
    }
    case '/v1/executions':
      return executions(query, context);
    case '/v1/positionSummary': {
      const symbol = query.get('symbol');
      if (symbol !== null && !isSymbol(symbol)) return invalidParameter('symbol');
      return okList(summaryRows(exchange, symbol ?? undefined));
    }
  }
  const listed = LISTS[path];
  if (listed === undefined) return INVALID_PATH;
  const symbol = query.get('symbol');
  if (!isSymbol(symbol)) return invalidParameter('symbol');
  return paged(listed(symbol, context), query, switches);
}

/** Lists by symbol, oldest first. */
const LISTS: Readonly<Record<string, (symbol: string, context: PrivateRestContext) => unknown[]>> = {
  '/v1/activeOrders': (symbol, { exchange, switches }) =>
    exchange.openOrders(symbol).map((order) => orderRow(order, switches)),
  '/v1/latestExecutions': (symbol, { exchange, switches, now }) =>
    exchange.fills({ symbol, from: now() - DAY_MS }).map((fill) => executionRow(fill, switches)),
  '/v1/openPositions': (symbol, { exchange }) => exchange.positions(symbol).map((lot) => positionRow(lot, exchange)),
};

function paged(rows: unknown[], query: URLSearchParams, switches: SimulatorSwitches): Answer {
  const page = Number(query.get('page') ?? '1');
  const count = Number(query.get('count') ?? '100');
  if (!Number.isInteger(page) || page < 1) return invalidParameter('page');
  if (!Number.isInteger(count) || count < 1 || count > 100) return invalidParameter('count');
  const sorted = switches.listOrder === 'newest_first' ? rows.reverse() : rows;
  return okList(sorted.slice((page - 1) * count, page * count), { page, count });
}

function executions(query: URLSearchParams, { exchange, switches }: PrivateRestContext): Answer {
  const [orderId, executionIds] = [query.get('orderId'), query.get('executionId')];
  if (orderId !== null && executionIds !== null) {
    return refuse('ERR-5208', 'orderId and executionId cannot be specified together.');
  }
  const ids = idList(orderId ?? executionIds);
  if (ids === null || (orderId !== null && ids.length > 1)) {
    return refuse('ERR-430', 'The orderId or executionId is invalid.');
  }
  const fills =
    orderId === null
      ? exchange.fills().filter((fill) => ids.includes(fill.executionId))
      : exchange.fills({ orderId: ids[0] as number });
  const rows = fills.map((fill) => executionRow(fill, switches));
  return okList(switches.listOrder === 'newest_first' ? rows.reverse() : rows);
}

function margin(exchange: SimulatedExchange): Answer {
  const state = exchange.margin();
  const cash = exchange.balances().find(({ asset }) => asset === 'JPY')?.total ?? Decimal.zero;
  return ok({
    actualProfitLoss: state.equity.toString(),
    availableAmount: Decimal.max('0', state.available).toString(),
    margin: state.margin.toString(),
    marginCallStatus: { normal: 'NORMAL', margin_call: 'MARGIN_CALL', losscut: 'LOSSCUT' }[state.status],
    ...(state.ratio === null ? {} : { marginRatio: state.ratio.times(100).round(1).toString() }),
    profitLoss: state.unrealizedPnl.toString(),
    transferableAmount: Decimal.max('0', Decimal.min(cash, state.available)).toString(),
  });
}

function assets(exchange: SimulatedExchange): Answer {
  const held = new Map(exchange.balances().map((balance) => [balance.asset, balance]));
  return ok(
    ASSETS.map((asset) => ({
      amount: (held.get(asset)?.total ?? Decimal.zero).toString(),
      available: (held.get(asset)?.available ?? Decimal.zero).toString(),
      conversionRate: asset === 'JPY' ? '1' : (exchange.referencePrice(asset) ?? Decimal.zero).toString(),
      symbol: asset,
    })),
  );
}

function tradingVolume({ exchange, switches }: PrivateRestContext): Answer {
  const volume = Decimal.sum(exchange.fills().map((fill) => fill.price.times(fill.size)));
  const limit = SYMBOL_ROWS.map(({ symbol, takerFee, makerFee, maxOrderSize }) => {
    const fees = { takerFee, makerFee };
    if (!symbol.endsWith('_JPY')) {
      return { symbol, todayLimitBuySize: maxOrderSize, todayLimitSellSize: maxOrderSize, ...fees };
    }
    const name = switches.volumeSymbol === 'slash' ? symbol.replace('_', '/') : symbol;
    return { symbol: name, todayLimitOpenSize: maxOrderSize, ...fees };
  });
  return ok({ jpyVolume: volume.round(0).toString(), tierLevel: 1, limit });
}

function idList(text: string | null): number[] | null {
  if (text === null) return null;
  const ids = text.split(',').map(Number);
  return ids.length <= MOST_IDS && ids.every(isId) ? ids : null;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
