import type { Decimal, DecimalInput } from '../decimal/decimal.js';
import { AlphaError } from '../errors/alpha-error.js';
import type { EpochMs, Side } from '../events/common.js';
import type { MarketEvent } from '../events/market.js';
import type {
  Balance,
  Broker,
  BrokerUpdate,
  ExchangeFill,
  ExchangeOrder,
  ExchangePosition,
  Margin,
  OrderChange,
  OrderKind,
} from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { ExchangeOrderId } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import type { Clock } from '../telemetry/clock.js';
import {
  ORDER_KINDS,
  rejectionText,
  requestOf,
  shownFill,
  shownMargin,
  shownOrder,
  shownPosition,
} from './exchange-view.js';
import { delaysOf, isInstant, type Latency, type Leg } from './latency.js';
import type { MarketFill } from './market-fill.js';
import { PlayedMarket } from './played-market.js';
import type { QueueModel } from './queue.js';
import { SimulatedExchange } from './simulated-exchange.js';
import type { SimulatedExchangeSnapshot } from './snapshot-up-to-date.js';
import type { SimulatedRequest, SimulationReport } from './types.js';
import type { FeeRounding, Slippage } from './venue.js';
import { Way } from './way.js';

export interface PaperBrokerOptions {
  readonly instruments: readonly Instrument[];
  /** By asset, for example `{ JPY: '1000000' }`. */
  readonly balances: Readonly<Record<string, DecimalInput>>;
  /** Market time: stamps orders and fills. */
  readonly clock: Clock;
  readonly feeRounding?: FeeRounding;
  /** What orders trade with. Default `book-walk`. */
  readonly fill?: MarketFill;
  /** Default `through`. */
  readonly queue?: QueueModel;
  /** Default: none. */
  readonly slippage?: Slippage;
  // No leverage rules: they are GMO Coin's, because the executor's books know no other nights (execution/holding-fees.ts).
  /** Of orders and answers, wall time; market data have their own on the way here. Default: none. */
  readonly latency?: Latency;
}

/**
 * The paper account: a broker whose exchange is in this process and fills against the live market data that `onMarket`
 * is given, by the fill models of a back-test. Nothing can be in doubt here, so the horizon is zero. Updates that nobody reads are dropped, as on a socket
 * that is not connected; `updates` begins with `connected`.
 */
export class PaperBroker implements Broker {
  readonly horizonMs = 0;
  readonly #exchange: SimulatedExchange;
  readonly #market: PlayedMarket;
  readonly #clock: Clock;
  readonly #order: Way | null;
  readonly #answer: Way | null;
  readonly #readers = new Set<(updates: readonly BrokerUpdate[]) => void>();

  constructor(options: PaperBrokerOptions) {
    this.#exchange = new SimulatedExchange(options);
    this.#market = new PlayedMarket(this.#exchange, options.fill ?? 'book-walk');
    this.#clock = options.clock;
    const { latency } = options;
    const way = (leg: Leg) =>
      latency === undefined || isInstant(latency[leg]) ? null : new Way(delaysOf(latency, leg));
    this.#order = way('order');
    this.#answer = way('answer');
  }

  /** Feeds the market. */
  onMarket(event: MarketEvent): void {
    this.#tell(this.#market.take(event));
  }

  async place(order: ApprovedOrder, mayLeave?: () => void): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    mayLeave?.();
    const { symbol, effect, positionId } = order;
    // Without a lot it would take any; our own orders name theirs.
    const namesLot = effect === 'close' && this.#exchange.instrument(symbol)?.kind === 'leverage';
    if (namesLot && positionId === undefined) throw refusal(order, 'a leverage close names its lot');
    return this.#ask(() => this.#place(requestOf(order), { clientOrderId: order.clientOrderId }));
  }

  cancel(exchangeOrderId: ExchangeOrderId): Promise<void> {
    return this.#ask(() => this.#cancel(exchangeOrderId));
  }

  #cancel(exchangeOrderId: ExchangeOrderId): void {
    const outcome = this.#exchange.cancel(Number(exchangeOrderId), this.#clock.now());
    if (outcome.accepted) this.#tell(outcome.reports);
    else if (outcome.code === 'unknown_order') throw unknownOrder(exchangeOrderId);
  }

  amend(exchangeOrderId: ExchangeOrderId, change: OrderChange): Promise<void> {
    return this.#ask(() => this.#amend(exchangeOrderId, change));
  }

  #amend(exchangeOrderId: ExchangeOrderId, change: OrderChange): void {
    const outcome = this.#exchange.amend(Number(exchangeOrderId), change, this.#clock.now());
    if (outcome.accepted) this.#tell(outcome.reports);
    else if (outcome.code === 'unknown_order') throw unknownOrder(exchangeOrderId);
    else {
      const rejected = outcome.code === 'rejected';
      const why = rejected ? rejectionText(outcome.rejection) : 'it is final';
      throw new AlphaError(
        'EXCHANGE_REFUSED',
        `The paper exchange refused to change order ${exchangeOrderId}: ${why}.`,
        {
          context: { exchangeOrderId, ...(rejected && { rejection: outcome.rejection }) },
        },
      );
    }
  }

  async cancelAll(symbol: string): Promise<void> {
    for (const { orderId } of this.#exchange.openOrders(symbol)) await this.cancel(String(orderId));
  }

  async closeAll(symbol: string, side: Side, size: Decimal): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    const request = { symbol, side, effect: 'close', type: 'market', size } as const;
    if (this.#exchange.instrument(symbol)?.kind === 'spot')
      throw refusal(request, 'a spot symbol has no lots to close');
    return this.#ask(() => this.#place(request, {}));
  }

  orderKinds(symbol: string): readonly OrderKind[] {
    if (this.#exchange.instrument(symbol) === undefined) return [];
    return ORDER_KINDS;
  }

  openOrders(symbol: string): Promise<readonly ExchangeOrder[]> {
    return this.#ask(() => this.#exchange.openOrders(symbol).map(shownOrder));
  }

  ordersById(ids: readonly ExchangeOrderId[]): Promise<readonly ExchangeOrder[]> {
    return this.#ask(() =>
      ids.flatMap((id) => {
        const order = this.#exchange.order(Number(id));
        return order === undefined ? [] : [shownOrder(order)];
      }),
    );
  }

  fillsSince(symbol: string, from: EpochMs): Promise<readonly ExchangeFill[]> {
    return this.#ask(() => this.#exchange.fills({ symbol, from }).map(shownFill));
  }

  fillsOf(exchangeOrderId: ExchangeOrderId): Promise<readonly ExchangeFill[]> {
    return this.#ask(() => this.#exchange.fills({ orderId: Number(exchangeOrderId) }).map(shownFill));
  }

  positions(symbol: string): Promise<readonly ExchangePosition[]> {
    return this.#ask(() => this.#exchange.positions(symbol).map(shownPosition));
  }

  balances(): Promise<readonly Balance[]> {
    return this.#ask(() => this.#exchange.balances());
  }

  margin(): Promise<Margin> {
    return this.#ask(() => shownMargin(this.#exchange.margin()));
  }

  async *updates(signal: AbortSignal): AsyncGenerator<BrokerUpdate> {
    // A margin call of before a restart may have ended: nobody would tell that it did.
    const margin = shownMargin(this.#exchange.margin());
    const waiting: BrokerUpdate[] = [{ kind: 'connected' }, { kind: 'margin', margin }];
    let wake = (): void => {};
    const read = (updates: readonly BrokerUpdate[]): void => {
      waiting.push(...updates);
      wake();
    };
    const stop = (): void => wake();
    this.#readers.add(read);
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        for (const update of waiting.splice(0)) {
          yield update;
          if (signal.aborted) return;
        }
        if (waiting.length === 0 && !signal.aborted) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    } finally {
      this.#readers.delete(read);
      signal.removeEventListener('abort', stop);
    }
  }

  /** The whole account as plain JSON. */
  snapshot(): SimulatedExchangeSnapshot {
    return this.#exchange.snapshot();
  }

  /** What `snapshot` took, of this version or an older one. Throws `STORE_NEWER_SCHEMA` for one of a newer version. */
  restore(snapshot: unknown): void {
    this.#exchange.restore(snapshot);
  }

  #place(request: SimulatedRequest, context: Readonly<Record<string, unknown>>): { exchangeOrderId: ExchangeOrderId } {
    const outcome = this.#exchange.place(request, this.#clock.now());
    if (!outcome.accepted)
      throw refusal(request, rejectionText(outcome.rejection), { ...context, rejection: outcome.rejection });
    this.#tell(outcome.reports);
    return { exchangeOrderId: String(outcome.order.orderId) };
  }

  #tell(reports: readonly SimulationReport[]): void {
    if (this.#readers.size === 0) return;
    const updates = reports.map((report) => this.#update(report)).filter((update) => update !== null);
    if (updates.length === 0) return;
    const tell = () => {
      for (const read of this.#readers) read(updates);
    };
    if (this.#answer === null) tell();
    else void this.#answer.pass().then(tell);
  }

  /** To the exchange, and back with what it said. */
  async #ask<Answer>(act: () => Answer): Promise<Answer> {
    const actNow = () => {
      // A night is over at its hour, though no market data may have come since: who holds pays, who opens now does not.
      this.#tell(this.#exchange.onTime(this.#clock.now()));
      return act();
    };
    if (this.#order === null && this.#answer === null) return actNow();
    await this.#order?.pass();
    try {
      return actNow();
    } finally {
      await this.#answer?.pass();
    }
  }

  #update(report: SimulationReport): BrokerUpdate | null {
    switch (report.kind) {
      case 'order':
        return { kind: 'order', order: shownOrder(report.order) };
      case 'fill':
        return { kind: 'fill', fill: shownFill(report.fill) };
      case 'margin':
        return { kind: 'margin', margin: shownMargin({ ...this.#exchange.margin(), status: report.status }) };
      // Lots follow from the fills, none of which is ever missed here.
      case 'lot':
      case 'holding_fee':
        return null;
    }
  }
}

function refusal(
  order: Pick<SimulatedRequest, 'side' | 'size' | 'symbol'>,
  why: string,
  context: Readonly<Record<string, unknown>> = {},
): AlphaError {
  const what = `${order.side} ${order.size.toString()} ${order.symbol}`;
  return new AlphaError('EXCHANGE_REFUSED', `The paper exchange refused to ${what}: ${why}.`, { context });
}

function unknownOrder(exchangeOrderId: ExchangeOrderId): AlphaError {
  return new AlphaError('EXCHANGE_REFUSED', `The paper exchange knows no order ${exchangeOrderId}.`, {
    context: { exchangeOrderId },
  });
}
