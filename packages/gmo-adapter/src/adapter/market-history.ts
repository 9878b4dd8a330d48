import { setTimeout as delay } from 'node:timers/promises';
import {
  AlphaError,
  type Bar,
  type EpochMs,
  type ExchangeContext,
  type ExchangeStatus,
  type Instrument,
  intervalStart,
  type MarketHistory,
  mergeBars,
  type OrderBookEvent,
  type TickerEvent,
  type Timeframe,
  type TradeEvent,
  timeframeMs,
} from '@alpha-engine/core';
import { z } from 'zod';
import { resolveEndpoints } from '../client/endpoints.js';
import { GmoRestClient, type RestClientOptions } from '../client/rest-client.js';
import { parseIsoTime } from '../mapper/iso-time.js';
import { badAnswerError, codeError } from '../mapper/rest-answer.js';
import {
  businessDays,
  KLINE_INTERVALS,
  mapBookData,
  mapInstrument,
  mapKline,
  mapTickerRow,
} from '../mapper/rest-public.js';
import { isSameMoment, mapTradeRows } from '../mapper/rest-trades.js';
import {
  bookData,
  klineRow,
  listOf,
  statusData,
  symbolRow,
  type TradeRow,
  tickerRow,
  tradeRow,
} from '../schema/rest-public.js';
import { assertListed } from './instruments.js';
import { readTradePages, type TradePage } from './trade-pages.js';

/** The exchange was seen to answer a hundredth page; a page may bring nothing new while trades stream in. */
const MOST_PAGES = 200;
/** Until a page that failed is asked for again; its budget of requests comes on top. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4_000;
const tradeList = listOf(tradeRow);
const klineList = z.array(klineRow);

/** What a reading brings, page by page; given to the next one, it goes on where that was interrupted. */
export interface ReadSoFar {
  rows: readonly TradeRow[];
}

export interface ReadSinceOptions {
  readonly maxPages: number;
  /** So many of the newest rows need not be told. Of the first moment that is read a part may stand before it: it is left out. */
  readonly skipRows?: number;
  readonly soFar?: ReadSoFar;
  /** No further page after this, on the monotonic clock. */
  readonly until: number;
  readonly signal?: AbortSignal;
}

export interface TradesSince {
  readonly trades: readonly TradeEvent[];
  /** Of everything read, older than `from` included; null when there was nothing. */
  readonly newestTs: EpochMs | null;
  readonly oldestTs: EpochMs | null;
  /**
   * How far back the reading went: past `from`, so that nothing is missing; to the end of what the exchange tells; or to a limit of
   * `ReadSinceOptions`. In the last two cases the moment `oldestTs` itself may not be whole.
   */
  readonly reaches: 'from' | 'end' | 'limit';
}

/** GMO Coin's public REST side. */
export class GmoMarketHistory implements MarketHistory {
  readonly timeframes = Object.keys(KLINE_INTERVALS) as Timeframe[];
  readonly #context: ExchangeContext;
  readonly #rest: GmoRestClient;

  constructor(context: ExchangeContext, options: Pick<RestClientOptions, 'timeoutMs' | 'budget'> = {}) {
    this.#context = context;
    const { signal, wallClock } = context;
    const { restPublicUrl } = resolveEndpoints(context.endpoints);
    this.#rest = new GmoRestClient({ baseUrl: restPublicUrl, wallClock, ...(signal && { signal }), ...options });
  }

  async status(): Promise<ExchangeStatus> {
    const path = '/v1/status';
    let word: string;
    try {
      word = (await this.#rest.request({ path }, statusData)).data.status;
    } catch (error) {
      // In maintenance this call, too, answers the maintenance code rather than the word.
      if (AlphaError.is(error, 'EXCHANGE_MAINTENANCE')) return 'maintenance';
      throw error;
    }
    if (word === 'OPEN') return 'open';
    if (word === 'PREOPEN') return 'preopen';
    if (word === 'MAINTENANCE') return 'maintenance';
    throw badAnswerError({ method: 'GET', path }, 'read', 200, `status ${word}`);
  }

  async instruments(): Promise<readonly Instrument[]> {
    const { data } = await this.#rest.request({ path: '/v1/symbols' }, z.array(symbolRow));
    return data.map(mapInstrument);
  }

  async tickers(): Promise<readonly TickerEvent[]> {
    const { data } = await this.#rest.request({ path: '/v1/ticker' }, z.array(tickerRow));
    const recvTs = this.#context.marketClock.now();
    const events = data.map((row) => mapTickerRow(row, recvTs)).filter((event) => event !== null);
    this.#reportRejected('/v1/ticker', data.length - events.length);
    return events;
  }

  /** The whole book, up to 500 levels a side. */
  async orderBook(symbol: string): Promise<OrderBookEvent> {
    const path = '/v1/orderbooks';
    const { data } = await this.#ofSymbol(symbol, this.#rest.request({ path, query: { symbol } }, bookData));
    const now = this.#context.marketClock.now();
    const event = mapBookData(data, now, now);
    if (event === null) throw badAnswerError({ method: 'GET', path }, 'read', 200, JSON.stringify(data));
    return event;
  }

  async recentTrades(symbol: string, limit: number): Promise<readonly TradeEvent[]> {
    const recvTs = this.#context.marketClock.now();
    // A page may have ended between the two rows of a match: the oldest moment is believed only when nothing is behind it.
    const whole = (rows: readonly TradeRow[]) => {
      const { trades } = mapTradeRows(rows, symbol, recvTs);
      return trades.filter(({ ts }) => ts !== trades[0]?.ts);
    };
    const { rows, ended } = await readTradePages(
      (page) => this.#tradePage({ symbol, ...page }),
      (read) => whole(read).length > limit,
      MOST_PAGES,
    );
    const { trades, rejected } = mapTradeRows(rows, symbol, recvTs);
    this.#reportRejected('/v1/trades', rejected);
    return limit > 0 ? (ended ? trades : whole(rows)).slice(-limit) : [];
  }

  /** All trades with `ts >= from` that the exchange still tells, one per match, oldest first. Reads at most `maxPages` pages of 100 rows. */
  async tradesSince(symbol: string, from: EpochMs, options: ReadSinceOptions): Promise<TradesSince> {
    const { maxPages, until, signal, skipRows = 0, soFar } = options;
    const reachesFrom = (rows: readonly TradeRow[]) => parseIsoTime(rows.at(-1)?.timestamp) < from;
    // The changing value makes the exchange's cache, a second old, answer nothing.
    const readPage = (page: TradePage) =>
      this.#tradePage({ symbol, ...page, _: this.#context.wallClock.now() }, signal);
    const kept = soFar?.rows ?? [];
    const progress = (rows: readonly TradeRow[]) => {
      if (soFar !== undefined && rows.length >= kept.length) soFar.rows = rows;
    };
    let begun = false;
    const { rows, ended } = await readTradePages(
      async (page) => {
        const read = begun ? await this.#patiently(() => readPage(page), options) : await readPage(page);
        begun = true;
        return read;
      },
      (read) => reachesFrom(read) || performance.now() > until,
      maxPages,
      { skip: skipRows, kept, progress },
    );
    const whole = skipRows > 0 ? withoutFirstMoment(rows) : rows;
    const { trades, rejected } = mapTradeRows(whole, symbol, this.#context.marketClock.now());
    this.#reportRejected('/v1/trades', rejected);
    return {
      trades: trades.filter(({ ts }) => ts >= from),
      newestTs: trades.at(-1)?.ts ?? null,
      oldestTs: trades[0]?.ts ?? null,
      reaches: reachesFrom(rows) ? 'from' : ended ? 'end' : 'limit',
    };
  }

  /** A page that fails on the way back is asked for again, so that those before it were not read in vain. */
  async #patiently<T>(read: () => Promise<T>, { until, signal }: ReadSinceOptions): Promise<T> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        return await read();
      } catch (error) {
        const mayWait = performance.now() + pauseMs < until && !signal?.aborted;
        if (!mayWait || !AlphaError.is(error) || !error.retryable) throw error;
        this.#context.logger.warn({ error: error.message }, 'A page of past trades could not be read; asking again.');
        await delay(pauseMs, undefined, signal && { signal });
      }
    }
  }

  async #tradePage(
    query: Readonly<Record<string, string | number>>,
    signal?: AbortSignal,
  ): Promise<readonly TradeRow[]> {
    const request = { path: '/v1/trades', query, ...(signal && { signal }) };
    return (await this.#ofSymbol(String(query.symbol), this.#rest.request(request, tradeList))).data;
  }

  async bars(symbol: string, timeframe: Timeframe, from: EpochMs, to: EpochMs): Promise<readonly Bar[]> {
    const kline = KLINE_INTERVALS[timeframe];
    if (kline === undefined) {
      throw new AlphaError(
        'UNKNOWN_TIMEFRAME',
        `GMO Coin has no history for timeframe ${timeframe}. Choose one of ${this.timeframes.join(', ')}.`,
        { context: { timeframe } },
      );
    }
    const now = this.#context.marketClock.now();
    const sourceBars: Bar[] = [];
    // A merged bar that begins before `to` may need hours after it.
    const end = kline.source === timeframe ? to : intervalStart(timeframe, to - 1) + timeframeMs(timeframe);
    for (const date of businessDays(from, Math.min(end, now))) {
      sourceBars.push(...(await this.#barsOfDay(symbol, kline.source, kline.interval, date)));
    }
    const bars = kline.source === timeframe ? sourceBars : mergeBars(sourceBars, timeframe);
    return bars.filter((bar) => bar.openTs >= from && bar.openTs < to && bar.closeTs <= now);
  }

  async #barsOfDay(symbol: string, source: Timeframe, interval: string, date: string): Promise<Bar[]> {
    const path = '/v1/klines';
    const answer = await this.#rest.answer({ path, query: { symbol, interval, date } });
    if (!answer.ok) {
      if (answer.code !== 'ERR-5207') throw codeError({ method: 'GET', path }, 'read', answer.code, answer.text);
      // The same code for an unknown symbol, a day before the symbol existed and one that has not begun.
      assertListed([symbol], await this.instruments());
      return [];
    }
    const rows = klineList.safeParse(answer.data);
    const bars = rows.success ? rows.data.map((row) => mapKline(row, symbol, source)) : [null];
    const ascending = bars.every((bar, i) => bar !== null && (i === 0 || bar.openTs > (bars[i - 1]?.openTs ?? 0)));
    if (!ascending) throw badAnswerError({ method: 'GET', path }, 'read', 200, JSON.stringify(answer.data));
    return bars.filter((bar) => bar !== null);
  }

  /** GMO answers "Not found" to a symbol it does not know. */
  async #ofSymbol<T>(symbol: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (AlphaError.is(error, 'EXCHANGE_REFUSED') && error.context.exchangeCode === 'ERR-5207') {
        assertListed([symbol], await this.instruments());
      }
      throw error;
    }
  }

  #reportRejected(path: string, rows: number): void {
    if (rows > 0)
      this.#context.logger.warn({ path, rows }, 'GMO Coin sent rows that are not usable; they were left out.');
  }
}

function withoutFirstMoment(rows: readonly TradeRow[]): readonly TradeRow[] {
  const second = rows.findIndex((row) => !isSameMoment(row, rows[0]!));
  return second === -1 ? [] : rows.slice(second);
}
