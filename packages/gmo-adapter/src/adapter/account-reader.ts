import type {
  Balance,
  EpochMs,
  ExchangeFill,
  ExchangeOrder,
  ExchangeOrderId,
  ExchangePosition,
  Logger,
} from '@alpha-engine/core';
import { z } from 'zod';
import type { GmoRestClient } from '../client/rest-client.js';
import { parseIsoTime } from '../mapper/iso-time.js';
import {
  type GmoMargin,
  mapAssetRow,
  mapExecutionRow,
  mapMargin,
  mapOrderRow,
  mapPositionRow,
} from '../mapper/private.js';
import { isLeverage } from '../mapper/rest-public.js';
import {
  assetRow,
  type ExecutionRow,
  executionRow,
  marginData,
  orderRow,
  positionRow,
} from '../schema/rest-private.js';
import { listOf } from '../schema/rest-public.js';

const PAGE_ROWS = 100;
const IDS_PER_CALL = 10;

const orderList = listOf(orderRow);
const executionList = listOf(executionRow);
const positionList = listOf(positionRow);

/** Orders, fills, lots, balances and margin of the account, read over REST. Throws the `EXCHANGE_*` errors. */
export class AccountReader {
  readonly #rest: GmoRestClient;
  readonly #logger: Logger;

  constructor(rest: GmoRestClient, logger: Logger) {
    this.#rest = rest;
    this.#logger = logger;
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
      this.#logger.error({ path, row }, 'GMO Coin sent a row with a value that is not documented; it was left out.');
    }
    return known;
  }
}

function oldestFirst(fills: readonly ExchangeFill[]): ExchangeFill[] {
  return fills.toSorted((a, b) => a.ts - b.ts || Number(a.executionId) - Number(b.executionId));
}
