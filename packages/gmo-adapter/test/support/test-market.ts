import type { TradeEvent } from '@alpha-engine/core';
import { SYMBOLS } from './frames.js';
import { type Answering, success } from './http-server.js';
import { type Exchange, startExchange, type TestExchange } from './ws-server.js';

export interface TestMatch {
  readonly price: number;
  readonly size: number;
  readonly side: 'buy' | 'sell';
  readonly ts: number;
}

export const T0 = Date.UTC(2026, 8, 23);

/** An exchange with one symbol and nothing but trades: REST tells all matches, each twice, a socket those since it subscribed. */
export class TestMarket {
  /** Oldest first. */
  readonly matches: TestMatch[] = [];
  /** Trade frames that are lost on the way: returns what the sockets get instead. */
  spoil: (frame: string) => string | null = (frame) => frame;
  /** Answers a request for trades instead of the market. True when it did. */
  interfere: (...request: Parameters<Answering>) => boolean = () => false;
  /** How many of the newest matches REST does not show yet. */
  restIsBehindBy = 0;
  /** REST tells none older. */
  restBegins = 0;
  exchange!: TestExchange;
  #ms = 0;

  async start(behaviour: Partial<Exchange> = {}): Promise<this> {
    this.exchange = await startExchange({
      rest: (...request) => {
        const [{ url }, response] = request;
        if (url.includes('/v1/status')) success(response, { status: 'OPEN' });
        else if (url.includes('/v1/symbols')) success(response, SYMBOLS);
        else if (!this.interfere(...request)) success(response, this.#page(new URL(url, 'http://x').searchParams));
      },
      ...behaviour,
    });
    return this;
  }

  /** A match, told to every socket. `laterMs` after the one before; 0 is the same moment. */
  match(terms: Partial<TestMatch> = {}, laterMs = 10): TestMatch {
    this.#ms += laterMs;
    const match = { price: 100, size: 1, side: 'buy' as const, ts: T0 + this.#ms, ...terms };
    this.matches.push(match);
    const frame = this.spoil(JSON.stringify({ channel: 'trades', symbol: 'BTC_JPY', ...rowOf(match, match.side) }));
    if (frame !== null) this.exchange.broadcast(frame);
    return match;
  }

  matchMany(count: number, terms: Partial<TestMatch> = {}): void {
    for (let n = 0; n < count; n++) this.match(terms);
  }

  cut(): void {
    for (const socket of this.exchange.sockets) socket.terminate();
  }

  #page(query: URLSearchParams): unknown {
    const told = this.matches.slice(this.restBegins, this.matches.length - this.restIsBehindBy);
    const rows = told.toReversed().flatMap((match, n) => {
      const pair = [rowOf(match, 'buy'), rowOf(match, 'sell')];
      return (told.length - n) % 2 === 0 ? pair : pair.reverse();
    });
    const page = Number(query.get('page'));
    const count = Number(query.get('count'));
    const list = rows.slice((page - 1) * count, page * count);
    return list.length === 0 ? {} : { list, pagination: { currentPage: page, count: list.length } };
  }
}

function rowOf({ price, size, ts }: TestMatch, side: 'buy' | 'sell') {
  return { price: String(price), side: side.toUpperCase(), size: String(size), timestamp: new Date(ts).toISOString() };
}

/** What a match and an event have in common, for comparing. */
export const tradeKey = (trade: TestMatch | TradeEvent): string =>
  'data' in trade ? `${trade.ts} ${trade.data.price} ${trade.data.size}` : `${trade.ts} ${trade.price} ${trade.size}`;
