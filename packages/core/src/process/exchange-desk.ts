import { setTimeout } from 'node:timers/promises';
import { AlphaError } from '../errors/alpha-error.js';
import type { Broker, BrokerUpdate, ExchangeFill, ExchangeOrder } from '../exchange/broker.js';
import type { ExecutorAction, ExecutorInput, StepTime, SymbolSweep } from '../execution/executor-types.js';
import type { ClientOrderId, ExchangeOrderId } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Hold } from './brain-ownership.js';

export interface ExchangeDeskOptions {
  readonly broker: Broker;
  readonly hold: Hold;
  /** `ExecutorConfig.inDoubtHorizonMs`. */
  readonly horizonMs: number;
  /** `ExecutorConfig.maxDataAgeMs`: an opening that waited longer than its prices may be old is not sent. */
  readonly maxDataAgeMs: number;
  readonly wallClock: Clock;
  readonly logger: Logger;
  /** Takes what the exchange answered or told, for the next step. */
  readonly deliver: (input: ExecutorInput) => void;
  readonly time: () => StepTime;
  /** True for an exchange order id that is bound to an order of ours: it need not be read again by id. */
  readonly isBound: (id: ExchangeOrderId) => boolean;
}

const RECONNECT_MS = 1000;

/** Of the horizon: how long after `SUBMITTED` the first byte may still leave. The rest is for the request and the exchange. */
const SEND_SHARE = 0.5;

/**
 * Speaks with the exchange for the execution brain: sends what was committed, sweeps, listens, and turns every answer into an
 * input. Owns the requests in flight; `settle` waits for them. It decides nothing.
 */
export class ExchangeDesk {
  readonly #options: ExchangeDeskOptions;
  readonly #committed = new Map<ClientOrderId, ApprovedOrder>();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #sweeping = new Set<string>();

  constructor(options: ExchangeDeskOptions) {
    this.#options = options;
  }

  /** Keeps the approved order until its `submitting` step is committed. */
  hold(order: ApprovedOrder): void {
    this.#committed.set(order.clientOrderId, order);
  }

  /** The first byte leaves here, once, after `SUBMITTED` was committed; `sentWallTs` is the wall time that row says. */
  send(clientOrderId: ClientOrderId, sentWallTs: number): void {
    const order = this.#committed.get(clientOrderId);
    if (!order) return;
    this.#committed.delete(clientOrderId);
    this.#track(this.#place(order, sentWallTs));
  }

  do(action: Exclude<ExecutorAction, { kind: 'submit' }>): void {
    if (action.kind === 'cancel' || action.kind === 'amend') this.#track(this.#change(action));
    else if (action.kind === 'balances') this.#track(this.#balances());
    else if (!this.#sweeping.has(action.symbol)) this.#track(this.#sweep(action));
  }

  /** Listens to the private stream until `signal` aborts; a stream that breaks is opened again. */
  async listen(signal: AbortSignal): Promise<void> {
    const { broker, logger } = this.#options;
    while (!signal.aborted) {
      try {
        for await (const update of broker.updates(signal)) this.#update(update, signal);
      } catch (error) {
        if (signal.aborted) logger.debug({ error: String(error) }, 'The private stream ended.');
        else logger.warn({ error: String(error) }, 'The private stream broke; it is opened again.');
      }
      if (!signal.aborted) await setTimeout(RECONNECT_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Reads one symbol as the exchange shows it. Throws `EXCHANGE_*` errors. */
  async look(symbol: string, fillsFrom: number, orderIds: readonly ExchangeOrderId[] = []): Promise<SymbolSweep> {
    const { broker, isBound, time } = this.#options;
    const begun = time();
    const openOrders = await broker.openOrders(symbol);
    const fills = await broker.fillsSince(symbol, fillsFrom);
    const orders = await broker.ordersById(unread(openOrders, fills, orderIds, isBound));
    const positions = await broker.positions(symbol);
    return { symbol, begun, openOrders, fills, orders, positions };
  }

  /** Tries again, until `signal` aborts, when the exchange was away or busy: whoever takes over comes at a bad moment. */
  async readBalances(signal: AbortSignal): Promise<void> {
    const { broker, deliver, logger, time } = this.#options;
    for (;;) {
      try {
        const begun = time();
        deliver({ kind: 'balances', balances: await broker.balances(), begun });
        return;
      } catch (error) {
        if (!AlphaError.is(error) || !error.retryable || signal.aborted) throw error;
        logger.warn({ code: error.code }, 'The balances could not be read; they are asked for again.');
        await setTimeout(RECONNECT_MS, undefined, { signal }).catch(() => {});
      }
    }
  }

  async settle(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled([...this.#inFlight]);
  }

  async #place(order: ApprovedOrder, sentWallTs: number): Promise<void> {
    const { broker, deliver } = this.#options;
    const { clientOrderId } = order;
    try {
      const mayLeave = () => this.#assertMayLeave(order, sentWallTs);
      mayLeave();
      const { exchangeOrderId } = await broker.place(order, mayLeave);
      deliver({ kind: 'accepted', clientOrderId, exchangeOrderId });
    } catch (error) {
      // Whatever is not a documented refusal leaves the outcome unknown.
      const message = error instanceof Error ? error.message : String(error);
      if (isRefusal(error)) {
        deliver({ kind: 'refused', clientOrderId, code: refusalCode(error), message, error: error.code });
      } else deliver({ kind: 'unanswered', clientOrderId, message });
    }
  }

  /**
   * No fence can stop a byte at the exchange, so time does. Whoever takes over finds `SUBMITTED`, and after a horizon without a
   * trace places the order again: by then ours must have left or never leave. A process that was stopped between commit and
   * request, or whose commit took long, does not send; the order is in doubt, and whoever owns it then resolves it.
   */
  #assertMayLeave({ effect }: ApprovedOrder, sentWallTs: number): void {
    const { hold, horizonMs, maxDataAgeMs, wallClock } = this.#options;
    if (!hold.held) throw new Error('It was not sent: this engine no longer knows that it owns the account.');
    const late = wallClock.now() - sentWallTs;
    const share = horizonMs * SEND_SHARE;
    // The gate judged an opening by prices of that age at most; the order that replaces it is judged anew.
    const mostMs = effect === 'open' ? Math.min(share, maxDataAgeMs) : share;
    if (horizonMs > 0 && late > mostMs) {
      throw new Error(`It was not sent: ${late} ms had passed since it was recorded as sent.`);
    }
  }

  /** A cancel or an amend. Both may be repeated, so only a documented refusal is told as one. */
  async #change(action: Extract<ExecutorAction, { kind: 'cancel' | 'amend' }>): Promise<void> {
    const { broker, deliver } = this.#options;
    const { clientOrderId, exchangeOrderId } = action;
    const answered = { kind: `${action.kind}_answered`, clientOrderId } as const;
    try {
      await this.#options.hold.assure();
      if (action.kind === 'cancel') await broker.cancel(exchangeOrderId);
      else await broker.amend(exchangeOrderId, action.change);
      deliver({ ...answered, outcome: 'accepted' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      deliver({ ...answered, outcome: isRefusal(error) ? 'refused' : 'in_doubt', message });
    }
  }

  async #sweep(action: Extract<ExecutorAction, { kind: 'sweep' }>): Promise<void> {
    this.#sweeping.add(action.symbol);
    try {
      this.#options.deliver({
        kind: 'sweep',
        sweep: await this.look(action.symbol, action.fillsFrom, action.orderIds),
      });
    } catch (error) {
      this.#options.logger.warn(
        { symbol: action.symbol, error: String(error) },
        'The exchange could not be read; the sweep is tried again.',
      );
    } finally {
      this.#sweeping.delete(action.symbol);
    }
  }

  async #balances(): Promise<void> {
    const { broker, deliver, logger, time } = this.#options;
    const begun = time();
    try {
      deliver({ kind: 'balances', balances: await broker.balances(), begun });
    } catch (error) {
      logger.warn({ error: String(error) }, 'The balances could not be read; they are asked for again.');
    }
  }

  #update(update: BrokerUpdate, signal: AbortSignal): void {
    const { deliver, logger } = this.#options;
    if (update.kind === 'order') deliver({ kind: 'order_update', order: update.order });
    else if (update.kind === 'fill') deliver({ kind: 'fill_update', fill: update.fill });
    else if (update.kind === 'position') deliver({ kind: 'position_update', position: update.position });
    else if (update.kind === 'margin') deliver({ kind: 'margin', margin: update.margin });
    else if (update.kind === 'connected') deliver({ kind: 'resync' });
    else logger[signal.aborted ? 'debug' : 'warn']({ reason: update.reason }, 'private stream disconnected');
  }

  #track(request: Promise<void>): void {
    this.#inFlight.add(request);
    void request.finally(() => this.#inFlight.delete(request));
  }
}

function isRefusal(error: unknown): error is AlphaError {
  return ['EXCHANGE_REFUSED', 'EXCHANGE_AUTH', 'EXCHANGE_MAINTENANCE', 'CLOCK_SKEW'].some((code) =>
    AlphaError.is(error, code as AlphaError['code']),
  );
}

/** The exchange's own code where the adapter names one, else ours. */
function refusalCode(error: AlphaError): string {
  const { exchangeCode } = error.context;
  return typeof exchangeCode === 'string' ? exchangeCode : error.code;
}

function unread(
  openOrders: readonly ExchangeOrder[],
  fills: readonly ExchangeFill[],
  wanted: readonly ExchangeOrderId[],
  isBound: (id: ExchangeOrderId) => boolean,
): ExchangeOrderId[] {
  const ids = new Set(wanted);
  for (const { exchangeOrderId } of [...openOrders, ...fills]) if (!isBound(exchangeOrderId)) ids.add(exchangeOrderId);
  return [...ids];
}
