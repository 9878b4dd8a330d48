import { createHash } from 'node:crypto';
import type { EpochMs } from '../events/common.js';
import type { OrderPurpose } from '../events/order.js';
import type { Protect, SignalEvent } from '../events/signal.js';
import { awaitsSuccessor, type TrackedOrder } from '../orders/order-ledger.js';
import { type Intent, opens } from '../risk/check.js';
import type { DenialCode } from '../risk/denial.js';
import type { RiskGate, Verdict } from '../risk/gate.js';
import { isReconciled } from './account-books.js';
import { equityNow } from './equity-watch.js';
import type { IdentifiedSignal } from './executor-state.js';
import { planIntent } from './intents.js';
import { MARKET } from './policies/order-policy.js';
import { abandon } from './policies/run-policies.js';
import { isOver } from './policies/successor.js';
import { clearWay, guardsInTheWay } from './protection/clear-way.js';
import { nextSeq, publishOrder } from './publish-order.js';
import { riskView } from './risk-view.js';
import { rememberedSince, type StepContext, symbolState } from './step-context.js';

const PROTECTIVE: ReadonlySet<OrderPurpose> = new Set(['stop_loss', 'take_profit', 'trailing_stop']);

/** Denials that the orders cause which a signal would take away first. */
const COUNTS_RESTING: ReadonlySet<DenialCode> = new Set(['open_orders', 'own_orders_cross']);

const NO_PROTECTION: Protect = {};

/** Signals kept waiting per executor; more are denied, so that a long outage cannot fill the memory. */
const MAX_WAITING = 1_000;

/** Signals become verdicts: at once, or when the symbol is reconciled and the strategy's earlier orders are finished. */
export function onSignal(context: StepContext, gate: RiskGate, event: SignalEvent): void {
  const signal = isIdentified(event) ? event : { ...event, id: idOf(event) };
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
    if (!blocked.has(key) && mayDecide(context, gate, signal)) decide(context, gate, signal, false);
    else {
      blocked.add(key);
      still.push(signal);
    }
  }
  context.state.waiting = still;
}

function mayDecide(context: StepContext, gate: RiskGate, signal: IdentifiedSignal): boolean {
  const symbol = symbolState(context, signal.symbol);
  if (symbol === undefined) return true;
  const before: TrackedOrder[] = [];
  for (const tracked of context.state.orders.each()) if (isAhead(context, tracked, signal)) before.push(tracked);
  if (before.length > 0) {
    for (const tracked of before) if (isResting(tracked) && turns(signal, tracked)) abandon(context, tracked);
    return false;
  }
  if (isReconciled(context, symbol)) {
    if (context.state.guards.size === 0) return true;
    const intent = planned(context, signal);
    const guards = guardsInTheWay(context, intent);
    return guards.length === 0 || isHopeless(context, gate, intent) || clearWay(context, intent, guards);
  }
  // An entry is not worth waiting for longer than it may be old, nor at all when the books are known to differ.
  const old = context.at.marketTs - signal.ts > context.config.maxSignalAgeMs;
  return (old || symbol.lastAlarm !== null) && opens(planned(context, signal));
}

/** The gate denies it whatever rests: a position does not lose its stop for a signal that changes nothing. */
function isHopeless(context: StepContext, gate: RiskGate, intent: Intent): boolean {
  const verdict = gate.review(intent, riskView(context, intent, false));
  return !verdict.approved && !COUNTS_RESTING.has(verdict.code);
}

/** An order of the same strategy that must have ended, for certain, before its next signal is decided. */
function isAhead(context: StepContext, tracked: TrackedOrder, signal: IdentifiedSignal): boolean {
  const { strategy, purpose, symbol, type } = tracked.order.terms;
  if (strategy !== signal.strategy || symbol !== signal.symbol) return false;
  // A protective order rests for as long as its position; what it has to give way to is cleared below.
  const rests = PROTECTIVE.has(purpose) && type !== 'market';
  return !rests && (!isOver(context, tracked) || awaitsSuccessor(tracked));
}

/** A limit order waits for its price, which may take long. */
function isResting({ order }: TrackedOrder): boolean {
  return order.terms.type === 'limit' && order.terms.purpose === 'entry';
}

/** The signal wants something else than the entry that is under way. */
function turns({ action }: IdentifiedSignal, { order }: TrackedOrder): boolean {
  return action !== (order.terms.side === 'buy' ? 'enter_long' : 'enter_short');
}

function decide(context: StepContext, gate: RiskGate, signal: IdentifiedSignal, duplicate: boolean): void {
  const view = riskView(context, signal, duplicate);
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
  const { approved, inputs } = verdict;
  const ts = at.marketTs;
  context.out.verdicts.push(
    verdict.approved
      ? { signalId: signal.id, approved, inputs, ts }
      : { signalId: signal.id, approved, code: verdict.code, message: verdict.message, inputs, ts },
  );
  if (!verdict.approved) {
    publishDenial(context, signal, verdict);
    return;
  }
  if (verdict.orders.some(({ effect }) => effect === 'open')) state.risk.openings.note(at.marketTs);
  for (const order of verdict.orders) {
    const protect = order.effect === 'open' ? protectOf(context, signal) : null;
    publishOrder(context, state.orders.add(order, signal.ts, { protect }));
  }
}

function publishDenial(
  context: StepContext,
  signal: IdentifiedSignal,
  verdict: Extract<Verdict, { approved: false }>,
): void {
  context.out.events.push({
    type: 'denial',
    // Ours, whatever the signal says: it came by our stream, and is numbered among our denials.
    exchange: context.config.exchange,
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

function planned(context: StepContext, signal: IdentifiedSignal): Intent {
  const { instruments, state, config, at } = context;
  const { orderPolicy, orderSize, sizing } = config;
  return planIntent(signal, {
    instrument: signal.exchange === config.exchange ? (instruments.get(signal.symbol) ?? null) : null,
    ledger: state.ledger,
    equity: () => equityNow(context).equity,
    mark: symbolState(context, signal.symbol)?.mark ?? null,
    sizing: sizing ?? { kind: 'fixed', size: orderSize },
    policy: orderPolicy ?? { entry: MARKET, exit: MARKET },
    protect: protectOf(context, signal),
    now: at.marketTs,
  });
}

/** What the signal asks for, and what the settings add where it says nothing. */
function protectOf({ config }: StepContext, { protect }: IdentifiedSignal): Protect {
  if (protect === undefined) return config.protect ?? NO_PROTECTION;
  return { ...config.protect, ...protect };
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

function isIdentified(event: SignalEvent): event is IdentifiedSignal {
  return event.id !== undefined;
}

/** For signals of others, which may carry no id: the same words are the same decision. */
function idOf(event: SignalEvent): string {
  const { exchange, symbol, ts, strategy, action } = event;
  return createHash('sha256')
    .update(JSON.stringify([exchange, symbol, ts, strategy, action]))
    .digest('hex')
    .slice(0, 32);
}
