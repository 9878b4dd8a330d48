import {
  AlphaError,
  type Bar,
  type EpochMs,
  type ExchangeContext,
  type ExchangeStatus,
  type Instrument,
  intervalStart,
  type MarketHistory,
  type OrderBookEvent,
  TIMEFRAMES,
  type TickerEvent,
  type Timeframe,
  type TradeEvent,
  timeframeMs,
} from '@alpha-engine/core';
import { z } from 'zod';
import { resolveEndpoints } from '../client/endpoints.js';
import { GmoRestClient } from '../client/rest-client.js';
import { badAnswerError, codeError } from '../mapper/rest-answer.js';
import {
  businessDays,
  KLINE_INTERVALS,
  mapBookData,
  mapInstrument,
  mapKline,
  mapTickerRow,
  mergeBars,
} from '../mapper/rest-public.js';
import { isAhead, joinPages, mapTradeRows } from '../mapper/rest-trades.js';
import { bookData, klineRow, listOf, statusData, symbolRow, tickerRow, tradeRow } from '../schema/rest-public.js';
import { assertListed } from './instruments.js';

const PAGE_ROWS = 100;
const tradeList = listOf(tradeRow);
const klineList = z.array(klineRow);

/** GMO Coin's public REST side. */
export class GmoMarketHistory implements MarketHistory {
  readonly timeframes: readonly Timeframe[] = TIMEFRAMES.filter((timeframe) => timeframe in KLINE_INTERVALS);
  readonly #context: ExchangeContext;
  readonly #rest: GmoRestClient;

  constructor(context: ExchangeContext, options: { readonly timeoutMs?: number } = {}) {
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
    let rows: z.infer<typeof tradeList> = [];
    let complete = false;
    let trades: TradeEvent[] = [];
    for (let page = 1; !complete && trades.length <= limit; page++) {
      const query = { symbol, page, count: PAGE_ROWS };
      const { data } = await this.#ofSymbol(symbol, this.#rest.request({ path: '/v1/trades', query }, tradeList));
      if (isAhead(data, rows)) continue;
      const joined = joinPages(rows, data);
      complete = data.length < PAGE_ROWS || joined.length === rows.length;
      rows = joined;
      const mapped = mapTradeRows(rows, symbol, this.#context.marketClock.now());
      // The page may have ended between the two rows of a match: the oldest moment is believed only when nothing is behind it.
      const oldest = mapped.trades[0]?.ts;
      trades = complete ? mapped.trades : mapped.trades.filter((trade) => trade.ts !== oldest);
      if (complete || trades.length > limit) this.#reportRejected('/v1/trades', mapped.rejected);
    }
    return limit > 0 ? trades.slice(-limit) : [];
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
