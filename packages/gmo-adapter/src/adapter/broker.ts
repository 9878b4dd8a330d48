import type {
  ApprovedOrder,
  Balance,
  Broker,
  BrokerUpdate,
  Credentials,
  Decimal,
  EpochMs,
  ExchangeContext,
  ExchangeFill,
  ExchangeOrder,
  ExchangeOrderId,
  ExchangePosition,
  OrderChange,
  OrderKind,
  Side,
} from '@alpha-engine/core';
import { AlphaError } from '@alpha-engine/core';
import { z } from 'zod';
import { AccessToken } from '../client/access-token.js';
import type { Budget } from '../client/budget.js';
import { type GmoEndpoints, resolveEndpoints } from '../client/endpoints.js';
import { hostLimits } from '../client/limits.js';
import { GmoRestClient } from '../client/rest-client.js';
import { GmoSigner } from '../client/sign.js';
import { DEFAULT_TIMINGS, type SocketTimings } from '../client/timings.js';
import { orderKinds } from '../mapper/order-kinds.js';
import { bulkClose, type Placement, placement } from '../mapper/placement.js';
import type { GmoMargin } from '../mapper/private.js';
import { codeError } from '../mapper/rest-answer.js';
import { id } from '../schema/rest-private.js';
import { AccountReader } from './account-reader.js';
import { privateUpdates } from './private-updates.js';

export interface BrokerOptions {
  /** How long an unanswered placement may still take effect, milliseconds of wall time. Lower it with a simulator only. */
  readonly horizonMs?: number;
  readonly timings?: Partial<SocketTimings>;
  /** WebSocket commands. Default: the one that all sockets of this process at this host share. */
  readonly commands?: Budget;
  /** For one request. */
  readonly timeoutMs?: number;
}

/** More than the time-out of a request plus the window in which a signature is valid. */
const DEFAULT_HORIZON_MS = 60_000;
/** A call of cancelBulkOrder cancels at most so many. */
const CANCELS_PER_CALL = 10;

const canceledIds = z.array(id);

/** GMO Coin's private side, spot and leverage: every order kind, changes, cancels and closes one by one and in bulk. */
export class GmoBroker implements Broker {
  readonly horizonMs: number;
  readonly #context: ExchangeContext;
  readonly #endpoints: GmoEndpoints;
  readonly #timings: SocketTimings;
  readonly #commands: Budget;
  readonly #rest: GmoRestClient;
  readonly #reader: AccountReader;

  constructor(context: ExchangeContext, credentials: Credentials, options: BrokerOptions = {}) {
    this.horizonMs = options.horizonMs ?? DEFAULT_HORIZON_MS;
    this.#context = context;
    this.#endpoints = resolveEndpoints(context.endpoints);
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#commands = options.commands ?? hostLimits(this.#endpoints.wsPrivateUrl).commands;
    this.#rest = new GmoRestClient({
      baseUrl: this.#endpoints.restPrivateUrl,
      wallClock: context.wallClock,
      signer: new GmoSigner(credentials),
      ...(context.signal && { signal: context.signal }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
    this.#reader = new AccountReader(this.#rest, context.logger);
  }

  async place(order: ApprovedOrder, mayLeave?: () => void): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    return this.#place(placement(order), mayLeave);
  }

  async closeAll(symbol: string, side: Side, size: Decimal): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    return this.#place(bulkClose(symbol, side, size));
  }

  async cancel(exchangeOrderId: ExchangeOrderId): Promise<void> {
    const request = { method: 'POST' as const, path: '/v1/cancelOrder', intent: 'cancel' as const };
    const answer = await this.#rest.answer({ ...request, body: { orderId: Number(exchangeOrderId) } });
    // ERR-5122: the order is final already, most often filled. Its update says how.
    if (!answer.ok && answer.code !== 'ERR-5122') throw codeError(request, 'cancel', answer.code, answer.text);
  }

  async cancelAll(symbol: string): Promise<void> {
    const request = { method: 'POST' as const, path: '/v1/cancelBulkOrder', intent: 'cancel' as const };
    for (let canceled = CANCELS_PER_CALL; canceled >= CANCELS_PER_CALL; ) {
      canceled = (await this.#rest.request({ ...request, body: { symbols: [symbol] } }, canceledIds)).data.length;
    }
  }

  async amend(exchangeOrderId: ExchangeOrderId, change: OrderChange): Promise<void> {
    const price = change.price ?? change.triggerPrice;
    if (price === undefined) {
      throw new AlphaError('EXCHANGE_REFUSED', `Order ${exchangeOrderId} was not changed: no new price was given.`, {
        context: { exchangeOrderId },
      });
    }
    const request = { method: 'POST' as const, path: '/v1/changeOrder', intent: 'amend' as const };
    const body = { orderId: Number(exchangeOrderId), price: price.toString() };
    const answer = await this.#rest.answer({ ...request, body });
    if (!answer.ok) throw codeError(request, 'amend', answer.code, answer.text);
  }

  /**
   * Where the exchange closes a lot by force: closer than by default, and never further away. Repeating it is safe; the lot arrives as
   * an update. Throws like `amend`.
   */
  async changeLosscutPrice(positionId: string, losscutPrice: Decimal): Promise<void> {
    const request = { method: 'POST' as const, path: '/v1/changeLosscutPrice', intent: 'amend' as const };
    const body = { positionId: Number(positionId), losscutPrice: losscutPrice.toString() };
    const answer = await this.#rest.answer({ ...request, body });
    if (!answer.ok) throw codeError(request, 'amend', answer.code, answer.text);
  }

  orderKinds(symbol: string): readonly OrderKind[] {
    return orderKinds(symbol);
  }

  openOrders(symbol: string): Promise<readonly ExchangeOrder[]> {
    return this.#reader.openOrders(symbol);
  }

  ordersById(ids: readonly ExchangeOrderId[]): Promise<readonly ExchangeOrder[]> {
    return this.#reader.ordersById(ids);
  }

  fillsSince(symbol: string, from: EpochMs): Promise<readonly ExchangeFill[]> {
    return this.#reader.fillsSince(symbol, from);
  }

  fillsOf(exchangeOrderId: ExchangeOrderId): Promise<readonly ExchangeFill[]> {
    return this.#reader.fillsOf(exchangeOrderId);
  }

  positions(symbol: string): Promise<readonly ExchangePosition[]> {
    return this.#reader.positions(symbol);
  }

  balances(): Promise<readonly Balance[]> {
    return this.#reader.balances();
  }

  margin(): Promise<GmoMargin> {
    return this.#reader.margin();
  }

  updates(signal: AbortSignal): AsyncIterable<BrokerUpdate> {
    const token = new AccessToken(this.#rest, this.#context.logger);
    const parts = { context: this.#context, wsPrivateUrl: this.#endpoints.wsPrivateUrl, token };
    const readMargin = () => this.#reader.margin();
    return privateUpdates({ ...parts, timings: this.#timings, commands: this.#commands, readMargin }, signal);
  }

  async #place(
    { path, body }: Placement,
    mayLeave?: () => void,
  ): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    const request = { method: 'POST' as const, path, body, intent: 'place' as const, ...(mayLeave && { mayLeave }) };
    const { data } = await this.#rest.request(request, id);
    return { exchangeOrderId: data };
  }
}
