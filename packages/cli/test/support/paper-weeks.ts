import { type Bar, Decimal, type EquityRecord, type FillRecord, type Order, type OrderTerms } from '@alpha-engine/core';
import type { WrittenRecord } from './written-record.js';

const WEEKS_START_TS = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;
export const WEEKS_BARS = 20_000;
/** The second half has bars and no trade. */
export const QUIET_FROM_TS = WEEKS_START_TS + (WEEKS_BARS / 2) * MINUTE_MS;
/** Ten thousand are a page: that one and its neighbours opened in one millisecond. */
const BURST_AT = 9_990;
const BURST = 20;
const EVERY_BARS = 400;
const HELD_BARS = 150;
const SIZE = Decimal.of('0.01');

/** Two weeks on paper: BTC by bars of 500 trades, of which some opened together, BTC_JPY by minutes, 20 000 of each; traded is in the first. */
export function paperWeeks(): WrittenRecord {
  const minutes = barsOf('BTC_JPY', '1m');
  const ticks = burst(barsOf('BTC', '500t'));
  const facts = {
    live: false,
    config: { capital: '1000000', enableExecution: true, paperFill: 'book-walk', orderSize: String(SIZE) },
    instances: [instance('BTC', '500t'), instance('BTC_JPY', '1m')],
    instruments: [
      { symbol: 'BTC', quote: 'JPY', kind: 'spot' },
      { symbol: 'BTC_JPY', quote: 'JPY', kind: 'leverage' },
    ],
  };
  const books = new Books();
  for (let at = 100; at + HELD_BARS < WEEKS_BARS / 2; at += EVERY_BARS) {
    const short = (at / 100) % 8 === 5;
    const events = [
      [ticks[at], 'buy', 'open'],
      [minutes[at + 20], short ? 'sell' : 'buy', 'open'],
      [ticks[at + HELD_BARS], 'sell', 'close'],
      [minutes[at + 20 + HELD_BARS], short ? 'buy' : 'sell', 'close'],
    ] as const;
    for (const [bar, side, effect] of events) books.fill(bar as Bar, side, effect);
  }
  return { session: { startedTs: WEEKS_START_TS, facts }, bars: [...minutes, ...ticks], ...books };
}

class Books {
  readonly orders: Order[] = [];
  readonly fills: FillRecord[] = [];
  readonly equity: EquityRecord[] = [];
  #cash = Decimal.of(1_000_000);
  #fees = Decimal.zero;
  readonly #sizes = new Map<string, Decimal>();
  readonly #prices = new Map<string, Decimal>();

  /** At the close of a bar. */
  fill({ close, closeTs: ts, symbol }: Bar, side: 'buy' | 'sell', effect: 'open' | 'close'): void {
    const price = Decimal.of(close);
    const fee = symbol === 'BTC' ? price.times(SIZE).times('0.0005').round(0) : Decimal.zero;
    const bought = side === 'buy' ? SIZE : SIZE.negated();
    const name = `${this.fills.length}`;
    const about = { symbol, side, effect };
    const terms: OrderTerms = {
      ...{
        ...about,
        clientOrderId: name,
        exchange: 'gmo',
        strategy: 'ma-cross',
        signalId: name,
        leg: 0,
        createdTs: ts,
      },
      ...{ type: 'market', timeInForce: 'ioc', size: SIZE },
      purpose: effect === 'open' ? 'entry' : 'exit',
    };
    const filled = { exchangeOrderId: name, filledSize: SIZE, averagePrice: price, updatedTs: ts } as const;
    this.orders.push({ terms, status: 'FILLED', request: 'none', ...filled });
    const fill = { ...about, executionId: name, exchangeOrderId: name, price, size: SIZE, fee, ts };
    this.fills.push({ clientOrderId: name, strategy: 'ma-cross', fill });
    this.#cash = this.#cash.minus(bought.times(price)).minus(fee);
    this.#fees = this.#fees.plus(fee);
    this.#sizes.set(symbol, (this.#sizes.get(symbol) ?? Decimal.zero).plus(bought));
    this.#prices.set(symbol, price);
    const held = [...this.#sizes].map(([held, size]) => size.times(this.#prices.get(held) ?? '0'));
    const { zero } = Decimal;
    const equity = this.#cash.plus(Decimal.sum(held));
    this.equity.push({ ts, equity, fees: this.#fees, realizedPnl: zero, unrealizedPnl: zero, drawdown: zero });
  }
}

function barsOf(symbol: string, timeframe: '1m' | '500t'): Bar[] {
  let price = 9_000_000;
  return Array.from({ length: WEEKS_BARS }, (_, at) => {
    const open = price;
    price = Math.round(price * (1 + 0.0004 * Math.sin(at / 90) + 0.0006 * Math.sin(at * at)));
    const prices = { open, high: Math.max(open, price) + 900, low: Math.min(open, price) - 900, close: price };
    const openTs = WEEKS_START_TS + at * MINUTE_MS;
    return {
      exchange: 'gmo',
      symbol,
      timeframe,
      openTs,
      closeTs: openTs + MINUTE_MS,
      ...prices,
      volume: 1,
      trades: 500,
    };
  });
}

/** A few of them opened with the first of them. */
function burst(bars: readonly Bar[]): Bar[] {
  const first = bars[BURST_AT] as Bar;
  return bars.map((bar, at) => {
    const ordinal = at - BURST_AT;
    return ordinal > 0 && ordinal < BURST ? { ...bar, openTs: first.openTs, closeTs: first.closeTs, ordinal } : bar;
  });
}

function instance(symbol: string, timeframe: string) {
  return { strategy: 'ma-cross', params: { fast: 10, slow: 30 }, symbol, timeframe, codeHash: 'sha256:0' };
}
