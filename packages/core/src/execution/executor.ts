import { Decimal } from '../decimal/decimal.js';
import type { EpochMs } from '../events/common.js';
import type { Instrument } from '../instrument/instrument.js';
import type { ExchangeOrderId } from '../orders/order.js';
import { RiskGate } from '../risk/gate.js';
import { balancesAgree, onBalances, scheduleBalances } from './account-books.js';
import type { Books } from './books.js';
import { dispatch } from './dispatch.js';
import { equityNow } from './equity-watch.js';
import { restoredState, snapshotOf } from './executor-snapshot.js';
import { type ExecutorState, freshState } from './executor-state.js';
import type { ExecutorConfig, ExecutorStep, StepTime, TimedExecutorInput } from './executor-types.js';
import { carryOnFlattening } from './flatten.js';
import { rememberHoldingFees } from './holding-fees.js';
import { onQuote, onStatus } from './market-watch.js';
import { onControl } from './operator.js';
import { onAmendAnswered, onCancelAnswered, repeatChanges } from './order-changes.js';
import { onAccepted, onRefused, onSubmitting, onUnanswered } from './order-desk.js';
import { runPolicies } from './policies/run-policies.js';
import { placeSuccessors } from './policies/successor.js';
import type { Protection } from './protection/guard.js';
import { isResting } from './protection/guarded.js';
import { tendGuards } from './protection/tend-guards.js';
import { onSweep } from './reconcile.js';
import { noteExchangeError, watchRefusal, watchRisk } from './risk-watch.js';
import { decideWaiting, onSignal } from './signal-desk.js';
import { rememberedSince, type StepContext } from './step-context.js';
import { StepOutput } from './step-output.js';
import { forget, scheduleSweeps } from './sweep-schedule.js';
import { tellStates } from './tell-states.js';
import { judgeUnbound, onFillUpdate, onOrderUpdate, onPositionUpdate } from './unbound.js';

/**
 * The brain that turns signals into orders and keeps the books: pure and synchronous. The loop around it commits each step,
 * then does what its actions say, and feeds the answers back.
 */
export class Executor {
  readonly #config: ExecutorConfig;
  readonly #instruments: ReadonlyMap<string, Instrument>;
  readonly #gate = new RiskGate();
  readonly #state: ExecutorState;
  #last: StepTime = { marketTs: 0, wallTs: 0 };

  /** With a snapshot it continues exactly, except that nothing is reconciled and unanswered placements are in doubt. */
  constructor(config: ExecutorConfig, snapshot?: unknown) {
    this.#config = config;
    this.#instruments = new Map(config.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.#state = snapshot === undefined || snapshot === null ? freshState(config) : restoredState(config, snapshot);
  }

  step(inputs: readonly TimedExecutorInput[]): ExecutorStep {
    const out = new StepOutput();
    for (const input of inputs) {
      const context = this.#begin(input.at, out);
      this.#apply(context, input);
      carryOnFlattening(context, this.#gate);
      tellStates(context);
      decideWaiting(context, this.#gate);
      placeSuccessors(context);
      tendGuards(context);
      // A guard that failed has halted its symbol: told, and openings canceled, before anything can be lost with this process.
      tellStates(context);
      dispatch(context, this.#gate);
      scheduleSweeps(context, input.kind === 'clock');
      scheduleBalances(context, input.kind === 'clock');
    }
    return out.build();
  }

  /** Plain JSON. */
  snapshot(): unknown {
    return snapshotOf(this.#state);
  }

  books(): Books {
    const { account, assets, baseline, external, ledger, orders, risk, symbols } = this.#state;
    const { exchange } = this.#config;
    const positions = ledger.positions(exchange);
    const totals = Object.fromEntries(ledger.totals());
    const all = Object.values(totals);
    return {
      exchange,
      positions,
      lots: ledger.lots(),
      openOrders: orders.unsettled().map(({ order }) => ({
        clientOrderId: order.terms.clientOrderId,
        exchangeOrderId: ('exchangeOrderId' in order ? order.exchangeOrderId : undefined) ?? null,
        symbol: order.terms.symbol,
        side: order.terms.side,
        status: order.status,
        size: order.terms.size,
        filledSize: order.filledSize,
      })),
      totals,
      fills: all.reduce((count, one) => count + one.count, 0),
      fees: Decimal.sum(all.map(({ fees }) => fees)),
      realizedPnl: Decimal.sum(positions.map(({ realizedPnl }) => realizedPnl)),
      cashChange: Decimal.sum(all.map(({ cash }) => cash)),
      equity: equityNow(this.#begin(this.#last, new StepOutput())),
      baseline,
      assets: Object.fromEntries(assets),
      transfers: account.transfers,
      externalOrders: this.#config.exclusive ? [] : [...external.keys()],
      balancesAgree: balancesAgree(this.#state),
      reconciled: [...symbols].flatMap(([symbol, { reconciled }]) => (reconciled ? [symbol] : [])),
      halts: risk.states.all(),
      symbols: [...symbols.keys()],
    };
  }

  /** Where what protects open positions would close them: for whoever plays the market between two prices. */
  protections(): readonly Protection[] {
    const { guards } = this.#state;
    if (guards.size === 0) return [];
    const context = this.#begin(this.#last, new StepOutput());
    return [...guards.values()].map((guard) => {
      const { symbol, side, protect, stopPrice, targetPrice } = guard;
      return { symbol, side, protect, stopPrice, targetPrice, rests: isResting(context, guard) };
    });
  }

  /** True for an order of the exchange that was explained already: ours, or known to be external. */
  isBound(id: ExchangeOrderId): boolean {
    return this.#state.orders.byExchangeId(id) !== undefined || this.#state.external.has(id);
  }

  /** Market time at which the books of a symbol began; null before the first step. */
  begunTs(symbol: string): EpochMs | null {
    return this.#state.symbols.get(symbol)?.begunTs ?? null;
  }

  /** Market time since which every order of a symbol is remembered: what the exchange shows of earlier ones explains nothing. */
  rememberedTs(symbol: string): EpochMs | null {
    const known = this.#state.symbols.get(symbol);
    return known === undefined ? null : rememberedSince(this.#begin(this.#last, new StepOutput()), known);
  }

  #begin(at: StepTime, out: StepOutput): StepContext {
    this.#last = at;
    return { config: this.#config, instruments: this.#instruments, state: this.#state, out, at };
  }

  #apply(context: StepContext, input: TimedExecutorInput): void {
    const { state } = context;
    state.first ??= input.at;
    for (const symbol of state.symbols.values()) symbol.begunTs ??= input.at.marketTs;
    switch (input.kind) {
      case 'signal':
        onSignal(context, this.#gate, input.event);
        return;
      case 'quote':
        onQuote(context, input.event);
        return;
      case 'status':
        onStatus(context, input.event);
        return;
      case 'control':
        onControl(context, input.event);
        return;
      case 'clock':
        rememberHoldingFees(context);
        watchRisk(context);
        repeatChanges(context);
        runPolicies(context);
        forget(context);
        return;
      case 'clock_skew':
        state.risk.clockSkewMs = input.skewMs;
        return;
      case 'resync':
        for (const symbol of state.symbols.values()) symbol.sweepWanted = true;
        state.account.wanted = 'now';
        return;
      case 'submitting':
        onSubmitting(context, input.clientOrderId);
        return;
      case 'accepted':
        onAccepted(context, input.clientOrderId, input.exchangeOrderId);
        this.#judge(context, input.clientOrderId);
        return;
      case 'refused':
        onRefused(context, input.clientOrderId, input.code, input.message);
        watchRefusal(context, input);
        this.#judge(context, input.clientOrderId);
        return;
      case 'unanswered':
        onUnanswered(context, input.clientOrderId, input.message);
        noteExchangeError(context);
        return;
      case 'cancel_answered':
        onCancelAnswered(context, input.clientOrderId, input.outcome);
        if (input.outcome === 'in_doubt') noteExchangeError(context);
        return;
      case 'amend_answered':
        onAmendAnswered(context, input.clientOrderId, input.outcome);
        if (input.outcome === 'in_doubt') noteExchangeError(context);
        return;
      case 'order_update':
        onOrderUpdate(context, input.order);
        return;
      case 'fill_update':
        onFillUpdate(context, input.fill);
        return;
      case 'sweep':
        onSweep(context, input.sweep);
        return;
      case 'position_update':
        onPositionUpdate(context, input.position);
        return;
      case 'margin':
        state.margin = input.margin;
        return;
      case 'balances':
        onBalances(context, input.balances, input.begun);
        return;
    }
  }

  /** An answer settles which of the kept frames are ours; the others are not. */
  #judge(context: StepContext, clientOrderId: string): void {
    const symbol = context.state.orders.get(clientOrderId)?.order.terms.symbol;
    if (symbol !== undefined) judgeUnbound(context, symbol);
  }
}
