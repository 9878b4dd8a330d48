import { createHash } from 'node:crypto';
import type { EpochMs } from '../events/common.js';
import type { SignalEvent } from '../events/signal.js';
import { opens } from '../risk/check.js';
import type { RiskGate, Verdict } from '../risk/gate.js';
import { isReconciled } from './account-books.js';
import type { IdentifiedSignal } from './executor-state.js';
import { planIntent } from './intents.js';
import { nextSeq, publishOrder } from './publish-order.js';
import { riskView } from './risk-view.js';
import { rememberedSince, type StepContext, symbolState } from './step-context.js';

/** Signals kept waiting per executor; more are denied, so that a long outage cannot fill the memory. */
const MAX_WAITING = 1_000;

/** Signals become verdicts: at once, or when the symbol is reconciled and the strategy's earlier orders are finished. */
export function onSignal(context: StepContext, gate: RiskGate, event: SignalEvent): void {
  const signal: IdentifiedSignal = { ...event, id: event.id ?? idOf(event) };
  const duplicate = isDuplicate(context, signal);
  const untradable = !context.instruments.has(signal.symbol) || signal.exchange !== context.config.exchange;
  if (duplicate || signal.action === 'hold' || untradable) {
    decide(context, gate, signal, duplicate);
    return;
  }
  if (context.state.waiting.length >= MAX_WAITING) {
    const message = `${MAX_WAITING} signals wait already; see the alarms of ${signal.symbol}.`;
    record(context, signal, { approved: false, code: 'queue_full', message, inputs: { waiting: MAX_WAITING } });
    return;
  }
  context.state.waiting.push(signal);
  decideWaiting(context, gate);
}

/** Decides every waiting signal that need not wait any longer; first come, first served within a strategy and symbol. */
export function decideWaiting(context: StepContext, gate: RiskGate): void {
  if (context.state.waiting.length === 0) return;
  const blocked = new Set<string>();
  const still: IdentifiedSignal[] = [];
  for (const signal of context.state.waiting) {
    const key = latestKey(signal);
    if (!blocked.has(key) && mayDecide(context, signal)) decide(context, gate, signal, false);
    else {
      blocked.add(key);
      still.push(signal);
    }
  }
  context.state.waiting = still;
}

function mayDecide(context: StepContext, signal: IdentifiedSignal): boolean {
  const symbol = symbolState(context, signal.symbol);
  if (symbol === undefined) return true;
  const busy = context.state.orders
    .unsettled(signal.symbol)
    .some(({ order }) => order.terms.strategy === signal.strategy);
  if (busy) return false;
  if (isReconciled(context, symbol)) return true;
  // An entry is not worth waiting for longer than it may be old, nor at all when the books are known to differ.
  const old = context.at.marketTs - signal.ts > context.config.maxSignalAgeMs;
  return (old || symbol.lastAlarm !== null) && opens(planned(context, signal));
}

function decide(context: StepContext, gate: RiskGate, signal: IdentifiedSignal, duplicate: boolean): void {
  const view = riskView(context, signal.symbol, duplicate);
  const ours = signal.exchange === context.config.exchange;
  const verdict: Verdict =
    signal.action === 'hold' && !duplicate
      ? { approved: true, orders: [], inputs: {} }
      : gate.review(planned(context, signal), ours ? view : { ...view, instrument: null });
  // No second verdict and no denial: the first stands, and a denial would undo the strategy's target.
  if (!verdict.approved && verdict.code === 'duplicate_signal') return;
  record(context, signal, verdict);
}

function record(context: StepContext, signal: IdentifiedSignal, verdict: Verdict): void {
  const { state, at } = context;
  const latest = state.latestSignal.get(latestKey(signal)) ?? 0;
  state.decided.set(signal.id, signal.ts);
  state.latestSignal.set(latestKey(signal), Math.max(signal.ts, latest));
  context.out.verdicts.push({
    signalId: signal.id,
    approved: verdict.approved,
    ...(verdict.approved ? {} : { code: verdict.code, message: verdict.message }),
    inputs: verdict.inputs,
    ts: at.marketTs,
  });
  if (!verdict.approved) {
    publishDenial(context, signal, verdict);
    return;
  }
  for (const order of verdict.orders) publishOrder(context, state.orders.add(order, signal.ts));
}

function publishDenial(
  context: StepContext,
  signal: IdentifiedSignal,
  verdict: Extract<Verdict, { approved: false }>,
): void {
  context.out.events.push({
    type: 'denial',
    exchange: signal.exchange,
    symbol: signal.symbol,
    ts: context.at.marketTs,
    seq: nextSeq(context, signal.symbol, 'denial'),
    id: `denial:${signal.id}`,
    data: {
      signal_id: signal.id,
      strategy: signal.strategy,
      action: signal.action,
      code: verdict.code,
      message: verdict.message,
      inputs: verdict.inputs,
    },
  });
}

function planned(context: StepContext, signal: IdentifiedSignal) {
  const { instruments, state, config, at } = context;
  const instrument = signal.exchange === config.exchange ? (instruments.get(signal.symbol) ?? null) : null;
  return planIntent(signal, instrument, state.ledger, config.orderSize, at.marketTs);
}

function isDuplicate(context: StepContext, signal: IdentifiedSignal): boolean {
  const { state } = context;
  if (state.decided.has(signal.id) || state.waiting.some(({ id }) => id === signal.id)) return true;
  // Ids are forgotten after a while; a signal from that time that is not newer than the last was decided then.
  const latest: EpochMs | undefined = state.latestSignal.get(latestKey(signal));
  const symbol = symbolState(context, signal.symbol);
  if (latest === undefined || symbol === undefined) return false;
  return signal.ts <= latest && signal.ts < rememberedSince(context, symbol);
}

function latestKey(signal: IdentifiedSignal): string {
  return `${signal.symbol} ${signal.strategy}`;
}

/** For signals of others, which may carry no id: the same words are the same decision. */
function idOf(event: SignalEvent): string {
  const { exchange, symbol, ts, strategy, action } = event;
  return createHash('sha256')
    .update(JSON.stringify([exchange, symbol, ts, strategy, action]))
    .digest('hex')
    .slice(0, 32);
}
