/** Different frames, so that neither side can learn one by heart. */
const FRAMES = 256;
const START_TS = Date.UTC(2026, 8, 23, 3);

/** One JSON frame each, `make` called with the number of the frame and its exchange time in epoch milliseconds. */
export function makeFrames(make: (i: number, ts: number) => object): Buffer[] {
  return Array.from({ length: FRAMES }, (_, i) => Buffer.from(JSON.stringify(make(i, START_TS + i * 505))));
}

const price = (i: number): number => 13_660_000 + ((i * 7_919) % 4_001);
const size = (i: number): string => (((i * 31) % 997) / 1_000 + 0.001).toFixed(3);
const iso = (ts: number): string => new Date(ts).toISOString();

export function gmoTrade(i: number, ts: number): object {
  const side = i % 2 === 0 ? 'BUY' : 'SELL';
  return { channel: 'trades', price: String(price(i)), side, size: size(i), symbol: 'BTC_JPY', timestamp: iso(ts) };
}

export function gmoTicker(i: number, ts: number): object {
  const at = (shift: number) => String(price(i) + shift);
  const prices = { ask: at(900), bid: at(-900), high: at(25_000), last: at(0), low: at(-120_000) };
  return { channel: 'ticker', ...prices, symbol: 'BTC_JPY', timestamp: iso(ts), volume: `96${i % 10}.33` };
}

/** `depth`: levels of each side. */
export function gmoBook(i: number, ts: number, depth = 50): object {
  const side = (direction: 1 | -1) => levels(i, direction, depth).map(([price, size]) => ({ price, size }));
  return { channel: 'orderbooks', asks: side(1), bids: side(-1), symbol: 'BTC_JPY', timestamp: iso(ts), grouping: '1' };
}

/** What `gmoTrade` says, as Coinone says it. */
export function coinoneTrade(i: number, ts: number): object {
  const market = { quote_currency: 'KRW', target_currency: 'BTC' };
  const trade = { id: `${ts}001`, timestamp: ts, price: String(price(i)), qty: size(i), is_seller_maker: i % 2 !== 0 };
  return { response_type: 'DATA', channel: 'TRADE', data: { ...market, ...trade } };
}

/** What `gmoBook` says, as Coinone says it. */
export function coinoneBook(i: number, ts: number): object {
  const side = (direction: 1 | -1) => levels(i, direction).map(([price, qty]) => ({ price, qty }));
  const market = { quote_currency: 'KRW', target_currency: 'BTC' };
  const book = { timestamp: ts, id: `${ts}001`, asks: side(1), bids: side(-1) };
  return { response_type: 'DATA', channel: 'ORDERBOOK', data: { ...market, ...book } };
}

/** The best first. */
function levels(i: number, direction: 1 | -1, depth = 50): [price: string, size: string][] {
  return Array.from({ length: depth }, (_, level) => [
    String(price(i) + direction * (500 + level * (37 + (i % 5)))),
    size(i + level),
  ]);
}
