import { Decimal } from '@alpha-engine/core';
import type { SimulatedExchange, SimulationReport } from '@alpha-engine/core/simulation';
import { type Answer, ok, PREOPEN, refuse } from './envelopes.js';
import { parseBody, parseBulkClose, parseClose, parseOrder } from './order-requests.js';
import type { PrivateReply, PrivateRestContext } from './private-context.js';
import { orderRow } from './private-rows.js';
import { rejectionAnswer } from './rejection-answers.js';

type Handler = (body: unknown, context: PrivateRestContext) => PrivateReply;

/** A call cancels at most so many. */
const MOST_CANCELS = 10;

/** The POST endpoints that trade, by path. */
export const TRADING: Readonly<Record<string, Handler>> = {
  '/v1/order': (body, context) => place(parseOrder(body, context.switches), context),
  '/v1/closeOrder': (body, context) => place(parseClose(body, context.switches), context),
  '/v1/closeBulkOrder': (body, context) => place(parseBulkClose(body, context.switches), context),
  '/v1/changeOrder': change,
  '/v1/changeLosscutPrice': changeLosscut,
  '/v1/cancelOrder': cancelOne,
  '/v1/cancelOrders': cancelSeveral,
  '/v1/cancelBulkOrder': cancelBulk,
};

function place(parsed: ReturnType<typeof parseOrder>, context: PrivateRestContext): PrivateReply {
  if (context.exchangeStatus() === 'PREOPEN') return quiet(PREOPEN);
  if ('error' in parsed) return quiet(parsed.error);
  const outcome = context.exchange.place(parsed.value, context.now());
  if (!outcome.accepted) return quiet(rejectionAnswer(outcome.rejection, parsed.value));
  return { answer: ok(String(outcome.order.orderId)), reports: outcome.reports };
}

function change(body: unknown, { exchange, switches, now, exchangeStatus }: PrivateRestContext): PrivateReply {
  if (exchangeStatus() === 'PREOPEN') return quiet(PREOPEN);
  const parsed = parseBody('changeOrder', body, switches);
  if ('error' in parsed) return quiet(parsed.error);
  const { orderId, losscutPrice } = parsed.value;
  const price = Decimal.of(parsed.value.price);
  const terms = {
    ...(exchange.order(orderId)?.type === 'stop' ? { triggerPrice: price } : { price }),
    ...(losscutPrice === undefined ? {} : { losscutPrice: Decimal.of(losscutPrice) }),
  };
  const outcome = exchange.amend(orderId, terms, now());
  if (outcome.accepted) return { answer: ok(), reports: outcome.reports };
  if (outcome.code === 'rejected') return quiet(rejectionAnswer(outcome.rejection, terms));
  return quiet(outcome.code === 'unknown_order' ? refuse('ERR-5123', 'The orderID not exist.') : ALREADY_FINAL);
}

function changeLosscut(body: unknown, { exchange, switches, now, exchangeStatus }: PrivateRestContext): PrivateReply {
  if (exchangeStatus() === 'PREOPEN') return quiet(PREOPEN);
  const parsed = parseBody('changeLosscutPrice', body, switches);
  if ('error' in parsed) return quiet(parsed.error);
  const losscutPrice = Decimal.of(parsed.value.losscutPrice);
  const outcome = exchange.changeLosscutPrice(parsed.value.positionId, losscutPrice, now());
  if (outcome.accepted) return { answer: ok(), reports: outcome.reports };
  return quiet(rejectionAnswer(outcome.rejection, { losscutPrice }));
}

const STATUS_TEXT = 'The request is invalid due to the status of the specified order.';
const ALREADY_FINAL = refuse('ERR-5122', STATUS_TEXT);

const CANCEL_ERRORS = {
  unknown_order: ['ERR-151', 'Service Unavailable'],
  already_final: ['ERR-5122', STATUS_TEXT],
} as const;

function cancelOne(body: unknown, { exchange, switches, now }: PrivateRestContext): PrivateReply {
  const parsed = parseBody('cancelOrder', body, switches);
  if ('error' in parsed) return quiet(parsed.error);
  const outcome = exchange.cancel(parsed.value.orderId, now());
  if (outcome.accepted) return { answer: ok(), reports: outcome.reports };
  const [code, text] = CANCEL_ERRORS[outcome.code];
  return quiet(refuse(code, text));
}

function cancelSeveral(body: unknown, { exchange, switches, now }: PrivateRestContext): PrivateReply {
  const parsed = parseBody('cancelOrders', body, switches);
  if ('error' in parsed) return quiet(parsed.error);
  const failed: unknown[] = [];
  const { canceled, reports } = cancelEach(exchange, parsed.value.orderIds, now(), (orderId, code) => {
    const [message_code, message_string] = CANCEL_ERRORS[code];
    failed.push({ message_code, message_string, orderId });
  });
  return { answer: ok({ failed, success: canceled }), reports };
}

/** Oldest first unless `desc`. */
function cancelBulk(body: unknown, { exchange, switches, now }: PrivateRestContext): PrivateReply {
  const parsed = parseBody('cancelBulkOrder', body, switches);
  if ('error' in parsed) return quiet(parsed.error);
  const { symbols, side, settleType, desc } = parsed.value;
  const found = exchange.openOrders().filter((order) => {
    const row = orderRow(order, switches);
    return (
      symbols.includes(order.symbol) &&
      (side === undefined || row.side === side) &&
      (settleType === undefined || row.settleType === settleType)
    );
  });
  if (desc === true) found.reverse();
  const ids = found.slice(0, MOST_CANCELS).map(({ orderId }) => orderId);
  const { canceled, reports } = cancelEach(exchange, ids, now());
  return { answer: ok(canceled), reports };
}

function cancelEach(
  exchange: SimulatedExchange,
  ids: readonly number[],
  ts: number,
  failed: (orderId: number, code: keyof typeof CANCEL_ERRORS) => void = () => undefined,
): { readonly canceled: readonly number[]; readonly reports: readonly SimulationReport[] } {
  const canceled: number[] = [];
  const reports: SimulationReport[] = [];
  for (const orderId of ids) {
    const outcome = exchange.cancel(orderId, ts);
    if (outcome.accepted) {
      canceled.push(orderId);
      reports.push(...outcome.reports);
    } else failed(orderId, outcome.code);
  }
  return { canceled, reports };
}

function quiet(answer: Answer): PrivateReply {
  return { answer, reports: [] };
}
