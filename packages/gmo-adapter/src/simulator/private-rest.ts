import { Decimal, type EpochMs } from '@alpha-engine/core';
import type { SimulatedExchange, SimulationReport } from '@alpha-engine/core/simulation';
import type { SocketTokens } from './auth.js';
import { type Answer, INVALID_PATH, invalidParameter, ok, okList, PREOPEN, refuse } from './envelopes.js';
import { ASSETS, parseClose, parseOrder, rejectionAnswer } from './order-requests.js';
import { executionRow, orderRow, positionRow, summaryRows } from './private-rows.js';
import type { SimulatorSwitches } from './switches.js';
import { isSymbol, SYMBOL_ROWS } from './symbols.js';

const DAY_MS = 86_400_000;
const MOST_IDS = 10;

export interface PrivateRestContext {
  readonly exchange: SimulatedExchange;
  readonly tokens: SocketTokens;
  readonly switches: SimulatorSwitches;
  /** Market time. */
  now(): EpochMs;
  exchangeStatus(): 'OPEN' | 'PREOPEN' | 'MAINTENANCE';
}

export interface PrivateRequest {
  readonly method: string;
  /** From `/v1` on. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** An answer, and what the request made happen at the exchange. */
export interface PrivateReply {
  readonly answer: Answer;
  readonly reports: readonly SimulationReport[];
}

/** A request that has passed authentication and limits. */
export function privateRest(request: PrivateRequest, context: PrivateRestContext): PrivateReply {
  if (request.method === 'GET') return quiet(read(request.path, request.query, context));
  const body = parseBody(request.body);
  if (body === null) return quiet(invalidParameter());
  switch (`${request.method} ${request.path}`) {
    case 'POST /v1/order':
      return place(parseOrder(body), context);
    case 'POST /v1/closeOrder':
      return place(parseClose(body), context);
    case 'POST /v1/cancelOrder':
      return cancelOne(body, context);
    case 'POST /v1/cancelOrders':
      return cancelSeveral(body, context);
    case 'POST /v1/cancelBulkOrder':
      return cancelBulk(body, context);
    case 'POST /v1/ws-auth':
      return quiet(ok(context.tokens.issue()));
    case 'PUT /v1/ws-auth':
      return quiet(context.tokens.extend(String(body.token)) ? ok() : invalidParameter());
    case 'DELETE /v1/ws-auth':
      return quiet(context.tokens.end(String(body.token)) ? ok() : invalidParameter());
    default:
      return quiet(INVALID_PATH);
  }
}

function read(path: string, query: URLSearchParams, context: PrivateRestContext): Answer {
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

function place(parsed: ReturnType<typeof parseOrder>, context: PrivateRestContext): PrivateReply {
  if (context.exchangeStatus() === 'PREOPEN') return quiet(PREOPEN);
  if ('error' in parsed) return quiet(parsed.error);
  const outcome = context.exchange.place(parsed.value, context.now());
  if (!outcome.accepted) return quiet(rejectionAnswer(outcome.rejection, parsed.value));
  return { answer: ok(String(outcome.order.orderId)), reports: outcome.reports };
}

function cancelOne(body: Record<string, unknown>, context: PrivateRestContext): PrivateReply {
  const { orderId } = body;
  if (!isId(orderId)) return quiet(invalidParameter('orderId'));
  const outcome = context.exchange.cancel(orderId, context.now());
  if (outcome.accepted) return { answer: ok(), reports: outcome.reports };
  const [code, text] = CANCEL_ERRORS[outcome.code];
  return quiet(refuse(code, text));
}

const CANCEL_ERRORS = {
  unknown_order: ['ERR-151', 'Service Unavailable'],
  already_final: ['ERR-5122', 'The request is invalid due to the status of the specified order.'],
} as const;

function cancelSeveral(body: Record<string, unknown>, context: PrivateRestContext): PrivateReply {
  const { orderIds } = body;
  if (!Array.isArray(orderIds) || orderIds.length === 0 || orderIds.length > MOST_IDS || !orderIds.every(isId)) {
    return quiet(invalidParameter('orderIds'));
  }
  const failed: unknown[] = [];
  const success: number[] = [];
  const reports: SimulationReport[] = [];
  for (const orderId of orderIds) {
    const outcome = context.exchange.cancel(orderId, context.now());
    if (outcome.accepted) {
      success.push(orderId);
      reports.push(...outcome.reports);
    } else {
      const [message_code, message_string] = CANCEL_ERRORS[outcome.code];
      failed.push({ message_code, message_string, orderId });
    }
  }
  return { answer: ok({ failed, success }), reports };
}

/** At most ten, oldest first unless `desc`. */
function cancelBulk(body: Record<string, unknown>, { exchange, switches, now }: PrivateRestContext): PrivateReply {
  const { symbols, side, settleType, desc } = body;
  if (!Array.isArray(symbols) || symbols.length === 0 || !symbols.every(isSymbol)) {
    return quiet(invalidParameter('symbols'));
  }
  if (side !== undefined && side !== 'BUY' && side !== 'SELL') return quiet(invalidParameter('side'));
  if (settleType !== undefined && settleType !== 'OPEN' && settleType !== 'CLOSE') {
    return quiet(invalidParameter('settleType'));
  }
  const found = exchange.openOrders().filter((order) => {
    const row = orderRow(order, switches);
    return (
      symbols.includes(order.symbol) &&
      (side === undefined || row.side === side) &&
      (settleType === undefined || row.settleType === settleType)
    );
  });
  if (desc === true) found.reverse();
  const reports: SimulationReport[] = [];
  const ids = found.slice(0, MOST_IDS).map(({ orderId }) => {
    const outcome = exchange.cancel(orderId, now());
    if (outcome.accepted) reports.push(...outcome.reports);
    return orderId;
  });
  return { answer: ok(ids), reports };
}

function margin(exchange: SimulatedExchange): Answer {
  const state = exchange.margin();
  const cash = exchange.balances().find(({ asset }) => asset === 'JPY')?.total ?? Decimal.zero;
  return ok({
    actualProfitLoss: state.equity.toString(),
    availableAmount: Decimal.max('0', state.available).toString(),
    margin: state.margin.toString(),
    marginCallStatus: 'NORMAL',
    ...(state.margin.isZero()
      ? {}
      : { marginRatio: state.equity.dividedBy(state.margin).times(100).round(1).toString() }),
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

/** An absent body counts as `{}`. */
function parseBody(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text === '' ? '{}' : text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function idList(text: string | null): number[] | null {
  if (text === null) return null;
  const ids = text.split(',').map(Number);
  return ids.length <= MOST_IDS && ids.every(isId) ? ids : null;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function quiet(answer: Answer): PrivateReply {
  return { answer, reports: [] };
}
