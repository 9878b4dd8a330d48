import type { EntryRange } from '@alpha-engine/core';
import type { Why } from '../services/why.js';

/** The chain from the order down to what was read, a paragraph each. */
export function whyText({ bar, decided, entries, indicators, orders, signal, verdict }: Why): string {
  const lines: string[] = [];
  for (const order of orders) {
    const { clientOrderId, exchangeOrderId, filledSize, side, size, status, steps, symbol, type } = order;
    const names = exchangeOrderId === null ? clientOrderId : `${clientOrderId} (exchange: ${exchangeOrderId})`;
    const price = order.averagePrice === null ? '' : ` at ${order.averagePrice}`;
    lines.push(`ORDER      ${names}`);
    lines.push(`           ${side} ${size} ${symbol} ${type}: ${status}, filled ${filledSize}${price}`);
    if (order.reason !== null) lines.push(`           because: ${order.reason}`);
    for (const { denied, fill, request, status: step, time } of steps) {
      const asked = request === 'none' ? '' : ` (${request})`;
      lines.push(`             ${time}  ${step}${asked}${fill === null ? '' : `  fill ${fill}`}`);
      if (denied !== null) lines.push(...inputLines(denied.inputs));
    }
  }
  if (orders.length === 0) lines.push('ORDER      none');
  if (verdict === null) lines.push('VERDICT    none yet');
  else {
    const words = verdict.approved ? 'approved' : `denied: ${verdict.code}. ${verdict.message ?? ''}`;
    lines.push(`VERDICT    ${verdict.time}  ${words}`);
    lines.push(...inputLines(verdict.inputs));
  }
  if (signal === null) {
    lines.push('SIGNAL     not of a strategy in this record: somebody else published it');
    return lines.join('\n');
  }
  const { reason, indicators: _, ...meta } = (signal.meta ?? {}) as Record<string, unknown>;
  lines.push(`SIGNAL     ${signal.id}`);
  lines.push(
    `           ${signal.time}  ${signal.strategy} ${signal.action} ${signal.symbol}, confidence ${signal.confidence}, price ${signal.price_ref}`,
  );
  if (reason !== undefined) lines.push(`           because: ${String(reason)}`);
  if (Object.keys(meta).length > 0) lines.push(`           ${json(meta)}`);
  lines.push(`           instance ${signal.instanceId}`);
  lines.push(`INDICATORS ${Object.keys(indicators).length === 0 ? 'none: the strategy tells none' : json(indicators)}`);
  if (bar === null) lines.push('BAR        none: a tick or a fill caused it');
  else {
    const { close, high, low, open, timeframe, trades, volume } = bar;
    lines.push(`BAR        ${bar.symbol} ${timeframe}  ${new Date(bar.openTs).toISOString()}`);
    lines.push(`           open ${open}  high ${high}  low ${low}  close ${close}  volume ${volume}  trades ${trades}`);
  }
  for (const range of entries) lines.push(`ENTRIES    ${entryText(range)}`);
  if (decided === null) lines.push('DECIDED    the inputs of that time are not kept any more');
  else {
    lines.push(`DECIDED    ${decided.time}  batch ${decided.batch} of ${decided.brain}, which had just read`);
    for (const range of decided.read) lines.push(`             ${entryText(range)}`);
  }
  return lines.join('\n');
}

/** What each check of the gate looked at. */
function inputLines(inputs: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(inputs).map(([check, values]) => `             ${check}: ${json(values)}`);
}

function entryText({ count, exact, firstId, firstSeq, lastId, lastSeq, stream }: EntryRange): string {
  const seqs = firstSeq === undefined ? '' : `, seq ${firstSeq} to ${lastSeq}`;
  return `${stream}  ${firstId} to ${lastId}: ${count}${exact ? ' trades' : ' entries read'}${seqs}`;
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
