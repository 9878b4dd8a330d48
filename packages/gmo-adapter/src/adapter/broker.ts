import {
  AlphaError,
  type ApprovedOrder,
  type Balance,
  type Broker,
  type BrokerUpdate,
  type Credentials,
  type EpochMs,
  type ExchangeContext,
  type ExchangeFill,
  type ExchangeOrder,
  type ExchangeOrderId,
  type ExchangePosition,
  type OrderKind,
} from '@alpha-engine/core';
import { z } from 'zod';
import { AccessToken } from '../client/access-token.js';
import type { Budget } from '../client/budget.js';
import { type GmoEndpoints, resolveEndpoints } from '../client/endpoints.js';
import { hostLimits } from '../client/limits.js';
import { GmoRestClient } from '../client/rest-client.js';
import { GmoSigner } from '../client/sign.js';
import { DEFAULT_TIMINGS, type SocketTimings } from '../client/timings.js';
import { parseIsoTime } from '../mapper/iso-time.js';
import { placement } from '../mapper/placement.js';
import {
  type GmoMargin,
  mapAssetRow,
  mapExecutionRow,
  mapMargin,
  mapOrderRow,
  mapPositionRow,
} from '../mapper/private.js';
import { codeError } from '../mapper/rest-answer.js';
import { isLeverage } from '../mapper/rest-public.js';
import {
  assetRow,
  type ExecutionRow,
  executionRow,
  id,
  marginData,
  orderRow,
  positionRow,
} from '../schema/rest-private.js';
import { listOf } from '../schema/rest-public.js';
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
const PAGE_ROWS = 100;
const IDS_PER_CALL = 10;

const orderList = listOf(orderRow);
const executionList = listOf(executionRow);
const positionList = listOf(positionRow);

/** GMO Coin's private side: market and limit orders, spot and leverage. */
export class GmoBroker implements Broker {
  readonly horizonMs: number;
  readonly #context: ExchangeContext;
  readonly #endpoints: GmoEndpoints;
  readonly #timings: SocketTimings;
  readonly #commands: Budget;
  readonly #rest: GmoRestClient;

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
  }

  async place(order: ApprovedOrder, mayLeave?: () => void): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    const { path, body } = placement(order);
    const request = { method: 'POST' as const, path, body, intent: 'place' as const, ...(mayLeave && { mayLeave }) };
    const { data } = await this.#rest.request(request, id);
    return { exchangeOrderId: data };
  }

  async cancel(exchangeOrderId: ExchangeOrderId): Promise<void> {
    const request = { method: 'POST' as const, path: '/v1/cancelOrder', intent: 'cancel' as const };
    const answer = await this.#rest.answer({ ...request, body: { orderId: Number(exchangeOrderId) } });
    // ERR-5122: the order is final already, most often filled. Its update says how.
    if (!answer.ok && answer.code !== 'ERR-5122') throw codeError(request, 'cancel', answer.code, answer.text);
  }

  async amend(exchangeOrderId: ExchangeOrderId): Promise<void> {
    throw unsupported('change the price of an order', { exchangeOrderId });
  }

  async cancelAll(symbol: string): Promise<void> {
    throw unsupported('cancel in bulk', { symbol });
  }

  async closeAll(symbol: string): Promise<{ readonly exchangeOrderId: ExchangeOrderId }> {
    throw unsupported('close in bulk', { symbol });
  }

  orderKinds(): readonly OrderKind[] {
    return (['open', 'close'] as const).flatMap((effect) => [
      { type: 'market', timeInForce: 'ioc', effect, amend: false },
      { type: 'limit', timeInForce: 'gtc', effect, amend: false },
    ]);
  }

  async openOrders(symbol: string): Promise<readonly ExchangeOrder[]> {
    const rows = await this.#pages('/v1/activeOrders', symbol, orderList, (row) => row.orderId);
    return this.#map('/v1/activeOrders', rows, mapOrderRow);
  }

  async ordersById(ids: readonly ExchangeOrderId[]): Promise<readonly ExchangeOrder[]> {
    const path = '/v1/orders';
    const orders: ExchangeOrder[] = [];
    for (let i = 0; i < ids.length; i += IDS_PER_CALL) {
      const query = { orderId: ids.slice(i, i + IDS_PER_CALL).join(',') };
      const { data } = await this.#rest.request({ path, query }, orderList);
      orders.push(...this.#map(path, data, mapOrderRow));
    }
    return orders;
  }

  async fillsSince(symbol: string, from: EpochMs): Promise<readonly ExchangeFill[]> {
    // Which way the pages run is not documented. Where they run from new to old, a page that is too old ends the search.
    const isPast = (page: readonly ExecutionRow[]) => {
      const [first, last] = [parseIsoTime(page.at(0)?.timestamp), parseIsoTime(page.at(-1)?.timestamp)];
      return last < first && first < from;
    };
    const rows = await this.#pages('/v1/latestExecutions', symbol, executionList, (row) => row.executionId, isPast);
    const fills = this.#map('/v1/latestExecutions', rows, mapExecutionRow);
    return oldestFirst(fills.filter((fill) => fill.ts >= from));
  }

  async fillsOf(exchangeOrderId: ExchangeOrderId): Promise<readonly ExchangeFill[]> {
    const path = '/v1/executions';
    const { data } = await this.#rest.request({ path, query: { orderId: exchangeOrderId } }, executionList);
    return oldestFirst(this.#map(path, data, mapExecutionRow));
  }

  async positions(symbol: string): Promise<readonly ExchangePosition[]> {
    if (!isLeverage(symbol)) return [];
    const rows = await this.#pages('/v1/openPositions', symbol, positionList, (row) => row.positionId);
    return this.#map('/v1/openPositions', rows, mapPositionRow);
  }

  async balances(): Promise<readonly Balance[]> {
    const { data } = await this.#rest.request({ path: '/v1/account/assets' }, z.array(assetRow));
    return data.map(mapAssetRow);
  }

  /** The leverage account's equity, margin in use and what may still be opened. */
  async margin(): Promise<GmoMargin> {
    const { data } = await this.#rest.request({ path: '/v1/account/margin' }, marginData);
    return mapMargin(data);
  }

  updates(signal: AbortSignal): AsyncIterable<BrokerUpdate> {
    const token = new AccessToken(this.#rest, this.#context.logger);
    const parts = { context: this.#context, wsPrivateUrl: this.#endpoints.wsPrivateUrl, token };
    return privateUpdates({ ...parts, timings: this.#timings, commands: this.#commands }, signal);
  }

  /** All pages. What arrives between two reads pushes rows onto the next page; the second sight of a row is dropped. */
  async #pages<R>(
    path: string,
    symbol: string,
    schema: z.ZodType<R[]>,
    keyOf: (row: R) => string,
    isPast: (page: readonly R[]) => boolean = () => false,
  ): Promise<readonly R[]> {
    const rows = new Map<string, R>();
    for (let page = 1; ; page++) {
      const { data } = await this.#rest.request({ path, query: { symbol, page, count: PAGE_ROWS } }, schema);
      for (const row of data) rows.set(keyOf(row), row);
      if (data.length < PAGE_ROWS || isPast(data)) return [...rows.values()];
    }
  }

  /** A row with a word nobody knows is left out, and said. */
  #map<R, T>(path: string, rows: readonly R[], map: (row: R) => T | null): T[] {
    const mapped = rows.map(map);
    const known = mapped.filter((value) => value !== null);
    if (known.length < rows.length) {
      const row = rows[mapped.indexOf(null)];
      this.#context.logger.error(
        { path, row },
        'GMO Coin sent a row with a value that is not documented; it was left out.',
      );
    }
    return known;
  }
}

function oldestFirst(fills: readonly ExchangeFill[]): ExchangeFill[] {
  return fills.toSorted((a, b) => a.ts - b.ts || Number(a.executionId) - Number(b.executionId));
}

function unsupported(what: string, context: Readonly<Record<string, unknown>>): AlphaError {
  return new AlphaError('EXCHANGE_REFUSED', `This release does not ${what} at GMO Coin.`, { context });
}
