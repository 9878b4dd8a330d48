import type { DecimalInput } from '../decimal/decimal.js';
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
  OrderKind,
} from '../exchange/broker.js';
import type { Instrument } from '../instrument/instrument.js';
import type { ExchangeOrderId } from '../orders/order.js';
import type { ApprovedOrder } from '../risk/approved-order.js';
import type { Clock } from '../telemetry/clock.js';
import { type FeeRounding, SimulatedExchange, type SimulatedExchangeSnapshot } from './simulated-exchange.js';
import type { Rejection, SimulatedFill, SimulatedOrder, SimulationReport } from './types.js';

export interface PaperBrokerOptions {
  readonly instruments: readonly Instrument[];
  /** By asset, for example `{ JPY: '1000000' }`. */
  readonly balances: Readonly<Record<string, DecimalInput>>;
  /** Market time: stamps orders and fills. */
  readonly clock: Clock;
  readonly feeRounding?: FeeRounding;
}

/**
 * The paper account: a broker whose exchange is in this process and fills against the live market data that `onMarket`
 * is given. Nothing can be in doubt here, so the horizon is zero. Updates that nobody reads are dropped, as on a socket
 * that is not connected; `updates` begins with `connected`.
 */
export class PaperBroker implements Broker {
  readonly horizonMs = 0;
  readonly #exchange: SimulatedExchange;
  readonly #clock: Clock;
  readonly #readers = new Set<(updates: readonly BrokerUpdate[]) => void>();

  constructor(options: PaperBrokerOptions) {
    this.#exchange = new SimulatedExchange(options);
    this.#clock = options.clock;
  }

  /** Feeds the market. Tickers and book deltas say nothing about depth and are ignored. */
  onMarket(event: MarketEvent): void {
    const { symbol, ts } = event;
    if (event.type === 'trade') {
      this.#tell(this.#exchange.onTrade(symbol, event.data.price, event.data.size, event.data.side, ts));
    } else if (event.type === 'orderbook' && event.data.is_snapshot) {
      this.#tell(this.#exchange.onBook(symbol, event.data.bids, event.data.asks, ts));
    }
  }

  async place(order: ApprovedOrder): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    const { type } = order;
    const kinds = this.orderKinds(order.symbol);
    if (type === 'stop' || !kinds.some((kind) => kind.type === type && kind.timeInForce === order.timeInForce)) {
      throw unsupported(`take ${type} orders that are ${order.timeInForce}`, { clientOrderId: order.clientOrderId });
    }
    const outcome = this.#exchange.place(
      {
        symbol: order.symbol,
        side: order.side,
        effect: order.effect,
        type,
        size: order.size,
        ...(order.price === undefined ? {} : { price: order.price }),
        ...(order.positionId === undefined ? {} : { positionId: Number(order.positionId) }),
      },
      this.#clock.now(),
    );
    if (!outcome.accepted) throw refused(order, outcome.rejection);
    this.#tell(outcome.reports);
    return { exchangeOrderId: String(outcome.order.orderId) };
  }

  async cancel(exchangeOrderId: ExchangeOrderId): Promise<void> {
    const outcome = this.#exchange.cancel(Number(exchangeOrderId), this.#clock.now());
    if (outcome.accepted) this.#tell(outcome.reports);
    else if (outcome.code === 'unknown_order') {
      throw new AlphaError('EXCHANGE_REFUSED', `The paper exchange knows no order ${exchangeOrderId}.`, {
        context: { exchangeOrderId },
      });
    }
  }

  async amend(exchangeOrderId: ExchangeOrderId): Promise<void> {
    throw unsupported('change the price of a working order', { exchangeOrderId });
  }

  async cancelAll(symbol: string): Promise<void> {
    for (const { orderId } of this.#exchange.openOrders(symbol)) await this.cancel(String(orderId));
  }

  async closeAll(symbol: string, side: Side): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    throw unsupported('close lots in bulk', { symbol, side });
  }

  orderKinds(symbol: string): readonly OrderKind[] {
    if (this.#exchange.instrument(symbol) === undefined) return [];
    return (['open', 'close'] as const).flatMap((effect) => [
      { type: 'market', timeInForce: 'ioc', effect, amend: false },
      { type: 'limit', timeInForce: 'gtc', effect, amend: false },
    ]);
  }

  async openOrders(symbol: string): Promise<readonly ExchangeOrder[]> {
    return this.#exchange.openOrders(symbol).map(toOrder);
  }

  async ordersById(ids: readonly ExchangeOrderId[]): Promise<readonly ExchangeOrder[]> {
    return ids.flatMap((id) => {
      const order = this.#exchange.order(Number(id));
      return order === undefined ? [] : [toOrder(order)];
    });
  }

  async fillsSince(symbol: string, from: EpochMs): Promise<readonly ExchangeFill[]> {
    return this.#exchange.fills({ symbol, from }).map(toFill);
  }

  async fillsOf(exchangeOrderId: ExchangeOrderId): Promise<readonly ExchangeFill[]> {
    return this.#exchange.fills({ orderId: Number(exchangeOrderId) }).map(toFill);
  }

  async positions(symbol: string): Promise<readonly ExchangePosition[]> {
    return this.#exchange.positions(symbol).map(({ reservedSize: _, ...lot }) => ({
      ...lot,
      positionId: String(lot.positionId),
    }));
  }

  async balances(): Promise<readonly Balance[]> {
    return this.#exchange.balances();
  }

  async margin(): Promise<Margin> {
    const { equity, margin, available, unrealizedPnl } = this.#exchange.margin();
    return { equity, used: margin, available, unrealizedPnl, state: 'normal' };
  }

  async *updates(signal: AbortSignal): AsyncGenerator<BrokerUpdate> {
    const waiting: BrokerUpdate[] = [{ kind: 'connected' }];
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

  restore(snapshot: SimulatedExchangeSnapshot): void {
    this.#exchange.restore(snapshot);
  }

  #tell(reports: readonly SimulationReport[]): void {
    const updates = reports.flatMap((report): BrokerUpdate[] => {
      if (report.kind === 'order') return [{ kind: 'order', order: toOrder(report.order) }];
      if (report.kind === 'fill') return [{ kind: 'fill', fill: toFill(report.fill) }];
      return [];
    });
    if (updates.length === 0) return;
    for (const read of this.#readers) read(updates);
  }
}

function toOrder(order: SimulatedOrder): ExchangeOrder {
  return {
    exchangeOrderId: String(order.orderId),
    symbol: order.symbol,
    side: order.side,
    effect: order.effect,
    type: order.type,
    timeInForce: order.timeInForce === 'FAK' ? 'ioc' : 'gtc',
    size: order.size,
    ...(order.price === undefined ? {} : { price: order.price }),
    filledSize: order.filledSize,
    state: order.state,
    ...(order.reason === undefined ? {} : { reason: order.reason }),
    orderTs: order.orderTs,
  };
}

function toFill(fill: SimulatedFill): ExchangeFill {
  return {
    executionId: String(fill.executionId),
    exchangeOrderId: String(fill.orderId),
    symbol: fill.symbol,
    side: fill.side,
    effect: fill.effect,
    price: fill.price,
    size: fill.size,
    fee: fill.fee,
    ...(fill.positionId !== undefined && fill.effect === 'close' ? { realizedPnl: fill.realizedPnl } : {}),
    ...(fill.positionId === undefined ? {} : { positionId: String(fill.positionId) }),
    ts: fill.ts,
  };
}

function unsupported(what: string, context: Readonly<Record<string, unknown>>): AlphaError {
  return new AlphaError('EXCHANGE_REFUSED', `The paper exchange does not ${what}.`, { context });
}

function refused(order: ApprovedOrder, rejection: Rejection): AlphaError {
  const { code, ...values } = rejection;
  const details = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
  const why = details.length === 0 ? code : `${code} (${details.join(', ')})`;
  return new AlphaError(
    'EXCHANGE_REFUSED',
    `The paper exchange refused to ${order.side} ${order.size.toString()} ${order.symbol}: ${why}.`,
    { context: { clientOrderId: order.clientOrderId, rejection } },
  );
}
