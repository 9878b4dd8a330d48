import type { Bar, MarketEvent } from '@alpha-engine/core';
import type { Random } from '../search/random.js';
import { isBar, type Moment, priceOf } from './moment.js';

/** How far the extremes of a bar go beyond its open, and a price that stood still goes, as a fraction; from trade to trade a tenth of it. */
const STEP = 0.02;
/** The most that a price changes by at once. */
const MOST = 0.5;

/** Where a symbol's price went, and where it goes instead. */
interface Way {
  was: number;
  is: number;
}

/**
 * The same times with another market: from the last prices that stay, those of every symbol fall where they rose and rise where they fell, by another
 * size. Who decides by the direction of what comes next decides otherwise.
 */
export function perturbed(moments: readonly Moment[], stays: readonly Moment[], random: Random): Moment[] {
  const ways = new Map<string, Way>();
  return moments.map((moment) => {
    const way = ways.get(moment.symbol) ?? wayFrom(moment, stays);
    ways.set(moment.symbol, way);
    return isBar(moment) ? otherBar(moment, way, random) : otherEvent(moment, way, random);
  });
}

/** From the last price of the symbol; where there is none, from the first that comes. */
function wayFrom(first: Moment, stays: readonly Moment[]): Way {
  const last = stays.findLast((one) => one.symbol === first.symbol && priceOf(one) !== null) ?? first;
  const price = (isBar(last) && last !== first ? last.close : priceOf(last)) ?? 1;
  return { was: price, is: price };
}

function otherBar(bar: Bar, way: Way, random: Random): Bar {
  const open = way.is;
  const close = against(open, bar.close / bar.open, STEP, random);
  const [far, near] = [go(open, STEP, random), go(open, STEP, random)];
  way.is = close;
  const volume = bar.volume * (0.5 + random.next());
  return {
    ...bar,
    open,
    high: Math.max(open, far, near, close),
    low: Math.min(open, far, near, close),
    close,
    volume,
  };
}

function otherEvent(event: MarketEvent, way: Way, random: Random): MarketEvent {
  if (event.type === 'trade') {
    way.is = against(way.is, event.data.price / way.was, STEP / 10, random);
    way.was = event.data.price;
    const size = event.data.size * (0.5 + random.next());
    return { ...event, data: { price: way.is, size, side: random.next() < 0.5 ? 'buy' : 'sell' } };
  }
  const moved = way.is / way.was;
  if (event.type === 'ticker') {
    const { ask, bid, high, last, low, volume } = event.data;
    const data = {
      ask: ask * moved,
      bid: bid * moved,
      high: high * moved,
      last: last * moved,
      low: low * moved,
      volume,
    };
    return { ...event, data };
  }
  const levels = (side: readonly (readonly [number, number])[]) =>
    side.map(([price, size]): [number, number] => [price * moved, size]);
  return { ...event, data: { ...event.data, bids: levels(event.data.bids), asks: levels(event.data.asks) } };
}

/** The other way than by this ratio, and by another size. */
function against(price: number, ratio: number, step: number, random: Random): number {
  if (ratio === 1) return go(price, step, random);
  const change = (1 - ratio) * (0.5 + random.next());
  return price * (1 + Math.max(-MOST, Math.min(MOST, change)));
}

function go(price: number, step: number, random: Random): number {
  return price * (1 + step * (2 * random.next() - 1));
}
