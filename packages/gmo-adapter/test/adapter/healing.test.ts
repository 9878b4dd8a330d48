import {
  type MarketEvent,
  type MarketEventType,
  MetricsRegistry,
  type StatusEvent,
  type TradeEvent,
} from '@alpha-engine/core';
import { Budget, type FeedTimings, GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Collected, eventually } from '../support/collect.js';
import { testContext } from '../support/context.js';
import { BOOK } from '../support/frames.js';
import { failure } from '../support/http-server.js';
import { T0, TestMarket, tradeKey } from '../support/test-market.js';

type FeedEvent = MarketEvent | StatusEvent;

const FAST: Partial<FeedTimings> = {
  reconnectMinMs: 20,
  reconnectMaxMs: 50,
  watchMs: 10,
  settleMs: 30,
  rereadMs: 10,
  backfillMs: 3_000,
};

let market: TestMarket;
let metrics: MetricsRegistry;
const running: Collected<FeedEvent>[] = [];

beforeEach(async () => {
  market = await new TestMarket().start();
  metrics = new MetricsRegistry();
});
afterEach(async () => {
  for (const feed of running.splice(0)) await feed.stop();
  await market.exchange.close();
});

function open(
  published: readonly TradeEvent[] = [],
  timings: Partial<FeedTimings> = {},
  channels: MarketEventType[] = ['trade'],
): Collected<FeedEvent> {
  const context = { ...testContext({ restBaseUrl: market.exchange.url }), marketClock: { now: () => T0 }, metrics };
  const feed = new GmoMarketFeed(context, {
    commands: new Budget({ spacingMs: 5 }),
    requests: new Budget({ spacingMs: 2 }),
    timings: { ...FAST, ...timings },
  });
  const subscription = {
    symbols: ['BTC_JPY'],
    channels,
    ...(published.length > 0 && { published: new Map([['BTC_JPY', published]]) }),
  };
  const seen = new Collected<FeedEvent>((signal) => feed.subscribe(subscription, signal));
  running.push(seen);
  return seen;
}

/** A feed that has taken `count` live trades. */
async function openWith(count: number, timings: Partial<FeedTimings> = {}): Promise<Collected<FeedEvent>> {
  const seen = open([], timings);
  await eventually(() => market.exchange.commands.length === 1);
  market.matchMany(count);
  await seen.until((items) => tradesOf(items).length === count);
  return seen;
}

/** The feed's socket is gone, and trading goes on. */
async function cutAndMiss(missed: () => void): Promise<void> {
  const { exchange } = market;
  const before = exchange.connections();
  market.cut();
  missed();
  await eventually(() => exchange.connections() > before && exchange.sockets.size === 1);
  const commands = exchange.commands.length;
  await eventually(() => exchange.commands.length > commands - 1 && exchange.commands.length >= 2);
}

const tradesOf = (items: readonly FeedEvent[]): TradeEvent[] => items.filter((event) => event.type === 'trade');
const keysOf = (items: readonly FeedEvent[]) => tradesOf(items).map(tradeKey);
const whole = (items: readonly FeedEvent[]) => tradesOf(items).length >= market.matches.length;
/** After the first connection. */
const statesOf = (items: readonly FeedEvent[]) =>
  items.flatMap((event) => (event.type === 'status' && event.data.state !== 'open' ? [event.data.state] : [])).slice(2);
const reasonsOf = (items: readonly FeedEvent[]) =>
  items.flatMap((event) => (event.type === 'status' ? [event.data.reason ?? ''] : []));
const statusOf = (items: readonly FeedEvent[], state: string) =>
  items.find((event): event is StatusEvent => event.type === 'status' && event.data.state === state);

function expectWhole(seen: Collected<FeedEvent>): void {
  expect(keysOf(seen.items)).toEqual(market.matches.map(tradeKey));
  expect(statesOf(seen.items)).not.toContain('gap');
}

describe('trades missed by the socket', () => {
  it('are read from REST and come in order, before the live ones', async () => {
    const seen = await openWith(3);
    await cutAndMiss(() => market.matchMany(4));
    market.matchMany(2);
    await seen.until(whole);
    expectWhole(seen);
    expect(tradesOf(seen.items).map(({ origin }) => origin ?? 'live')).toEqual([
      ...['live', 'live', 'live'],
      ...['backfill', 'backfill', 'backfill', 'backfill'],
      ...['live', 'live'],
    ]);
    await seen.until((items) => statesOf(items).includes('subscribed'));
    expect(statesOf(seen.items)).toEqual(['disconnected', 'connected', 'stale', 'resynced', 'subscribed']);
    expect(statusOf(seen.items, 'resynced')?.data).toMatchObject({
      channel: 'trade',
      from_ts: market.matches[2]!.ts,
      to_ts: market.matches[8]!.ts,
      reason: '4 missed trades were backfilled.',
    });
  });

  it('are read when the open socket speaks again after a silence that is too short to be told', async () => {
    const usual = 200;
    const seen = open([], { hush: { floorMs: usual, initialMs: usual, ceilingMs: usual } }, ['trade', 'orderbook']);
    await eventually(() => market.exchange.commands.length === 2);
    const speak = () => market.exchange.broadcast(BOOK);
    let speaking = setInterval(speak, 10);
    market.matchMany(3);
    await seen.until((items) => tradesOf(items).length === 3 && items.some(({ type }) => type === 'orderbook'));
    clearInterval(speaking);
    market.spoil = () => null;
    market.matchMany(4);
    market.spoil = (frame) => frame;
    const begun = performance.now();
    await eventually(() => performance.now() - begun > 2 * usual);
    speaking = setInterval(speak, 10);
    market.matchMany(2);
    await seen.until(whole);
    clearInterval(speaking);
    expectWhole(seen);
    expect(tradesOf(seen.items).filter(({ origin }) => origin === 'backfill')).toHaveLength(4);
    expect(statesOf(seen.items)).not.toContain('disconnected');
  });

  it.each([0, 3])(
    'of a subscription that is never served, after %i trades, are read soon, and it is sent again',
    async (before) => {
      const timings = { unservedMs: 100, resubscribeMs: 60 };
      const seen = before === 0 ? open([], timings) : await openWith(before, timings);
      const { commands } = market.exchange;
      market.spoil = () => null;
      if (before > 0) await cutAndMiss(() => undefined);
      else await eventually(() => commands.length === 1);
      const asked = commands.length;
      market.matchMany(2);
      await seen.until((items) => reasonsOf(items).some((reason) => reason.startsWith('No trade for ')));
      market.matchMany(3);
      await eventually(() => commands.length > asked + 1);
      market.spoil = (frame) => frame;
      market.matchMany(2);
      await seen.until(whole);
      expectWhole(seen);
      await seen.until((items) => ['subscribed', 'resynced'].includes(statesOf(items).at(-1) ?? ''));
    },
  );

  it('are read after a silence that began before the first order book came', async () => {
    const usual = 200;
    const seen = open([], { hush: { floorMs: usual, initialMs: usual, ceilingMs: usual } }, ['trade', 'orderbook']);
    await eventually(() => market.exchange.commands.length === 2);
    market.matchMany(3);
    await seen.until((items) => tradesOf(items).length === 3);
    market.spoil = () => null;
    market.matchMany(4);
    market.spoil = (frame) => frame;
    const begun = performance.now();
    await eventually(() => performance.now() - begun > 2 * usual);
    market.matchMany(2);
    await seen.until(whole);
    expectWhole(seen);
    expect(tradesOf(seen.items).filter(({ origin }) => origin === 'backfill')).toHaveLength(4);
  });

  it('are told though no live one follows, and the first live one is the occasion to look again', async () => {
    const seen = await openWith(3);
    await cutAndMiss(() => market.matchMany(2));
    await seen.until((items) => statesOf(items).includes('resynced'));
    expect(tradesOf(seen.items)).toHaveLength(5);
    // The exchange served the subscription later than it should: this one came neither by socket nor in time for REST.
    market.spoil = () => null;
    market.match();
    market.spoil = (frame) => frame;
    market.match();
    await seen.until(whole);
    expectWhole(seen);
  });

  it('are counted, not compared alone: equal ones of one moment may be genuine', async () => {
    const seen = await openWith(2);
    // Of four equal matches of one millisecond the socket carried two.
    let carried = 0;
    market.spoil = (frame) => (carried++ < 2 ? frame : null);
    market.match({ price: 99 });
    for (let n = 0; n < 3; n++) market.match({ price: 99 }, 0);
    await seen.until((items) => tradesOf(items).length === 4);
    market.spoil = (frame) => frame;
    await cutAndMiss(() => market.match());
    await seen.until(whole);
    expectWhole(seen);
  });

  it('are found on as many pages as it takes', async () => {
    const seen = await openWith(1);
    await cutAndMiss(() => market.matchMany(333));
    market.match();
    await seen.until(whole);
    expectWhole(seen);
    expect(metrics.samples().find(({ name }) => name === 'alpha_feed_backfilled_trades_total')?.value).toBe(333);
  });

  it('are not read anew when a cut interrupts the reading', async () => {
    const seen = await openWith(1);
    let pages = 0;
    market.interfere = () => {
      if (++pages === 20) market.cut();
      return false;
    };
    await cutAndMiss(() => market.matchMany(1_400));
    market.match();
    await seen.until(whole);
    expectWhole(seen);
    // 28 pages hold them all.
    expect(pages).toBeLessThan(40);
  });

  it('are read from where the live ones begin that came meanwhile', async () => {
    const seen = await openWith(3);
    let isAway = true;
    const pages: number[] = [];
    market.interfere = ({ url }, response) => {
      if (isAway) response.destroy();
      else pages.push(Number(new URL(url, 'http://x').searchParams.get('page')));
      return isAway;
    };
    market.spoil = (frame) => frame.slice(0, 40);
    market.match({ price: 98 });
    market.spoil = (frame) => frame;
    market.matchMany(800);
    await eventually(() =>
      metrics.samples().some(({ name, value }) => name === 'alpha_feed_held_trades' && value === 800),
    );
    isAway = false;
    await seen.until(whole);
    expectWhole(seen);
    expect(pages[0]).toBe(14);
    expect(pages.length).toBeLessThan(6);
  });

  it('are read though REST fails at first and then lags behind; live ones wait', async () => {
    // After an ERR-5003 nothing is asked for a second, after the next for two.
    const seen = await openWith(3, { backfillMs: 10_000 });
    let failures = 0;
    market.interfere = (_, response) => {
      if (++failures > 2) return false;
      failure(response, 'ERR-554', 'Server is unavailable.', 200, 4);
      return true;
    };
    market.restIsBehindBy = 2;
    await cutAndMiss(() => market.matchMany(3));
    market.match();
    market.match();
    await eventually(() => failures > 3);
    expect(tradesOf(seen.items)).toHaveLength(3);
    market.restIsBehindBy = 0;
    await seen.until(whole);
    expectWhole(seen);
  });

  it('before the start are read from the last that was published', async () => {
    market.matchMany(200);
    const published = market.matches.slice(40, 60).map(
      ({ ts, price, size, side }): TradeEvent => ({
        type: 'trade',
        exchange: 'gmo',
        symbol: 'BTC_JPY',
        ts,
        data: { price, size, side },
      }),
    );
    const seen = open(published);
    await seen.until((items) => tradesOf(items).length === 140);
    market.match();
    await seen.until((items) => tradesOf(items).length === 141);
    expect(keysOf(seen.items)).toEqual(market.matches.slice(60).map(tradeKey));
  });

  it('and forgotten by the exchange become a gap, behind which all is told', async () => {
    const seen = await openWith(3);
    const last = market.matches[2]!.ts;
    market.restBegins = 8;
    await cutAndMiss(() => market.matchMany(10));
    market.match();
    await seen.until((items) => tradesOf(items).length === 9);
    expect(keysOf(seen.items)).toEqual(market.matches.filter((_, n) => n < 3 || n >= 8).map(tradeKey));
    expect(statusOf(seen.items, 'gap')?.data).toMatchObject({
      channel: 'trade',
      from_ts: last,
      to_ts: market.matches[8]!.ts,
      reason: 'The exchange does not tell trades so old any more.',
    });
    expect(metrics.samples().find(({ name }) => name === 'alpha_feed_gaps_total')?.value).toBe(1);
  });

  it('that cannot be read in time become a gap, and live ones wait no longer', async () => {
    const seen = await openWith(3, { backfillMs: 80 });
    market.interfere = (_, response) => {
      response.destroy();
      return true;
    };
    await cutAndMiss(() => market.matchMany(3));
    const live = market.match();
    await seen.until((items) => tradesOf(items).length === 4);
    expect(statusOf(seen.items, 'gap')?.data).toMatchObject({ from_ts: market.matches[2]!.ts, to_ts: live.ts });
    expect(statesOf(seen.items).at(-1)).toBe('subscribed');
  });

  it('that are asked for too long make the live ones that wait stale, until they are told', async () => {
    const seen = await openWith(3, { untoldMs: 50 });
    let isAway = true;
    market.interfere = (_, response) => {
      if (isAway) response.destroy();
      return isAway;
    };
    market.exchange.broadcast('{"channel":"trades"');
    market.matchMany(2);
    await seen.until((items) => statesOf(items).includes('stale'));
    expect(tradesOf(seen.items)).toHaveLength(3);
    isAway = false;
    await seen.until((items) => statesOf(items).includes('resynced'));
    expectWhole(seen);
    expect(statesOf(seen.items)).toEqual(['stale', 'resynced']);
  });

  it('that may have been behind a frame and are not told in time become a gap, after which live ones are well again', async () => {
    const seen = await openWith(3, { backfillMs: 80, untoldMs: 20 });
    market.interfere = (_, response) => {
      response.destroy();
      return true;
    };
    market.exchange.broadcast('{"channel":"trades"');
    market.match();
    await seen.until((items) => tradesOf(items).length === 4 && statesOf(items).includes('resynced'));
    expect(statesOf(seen.items)).toEqual(['stale', 'gap', 'resynced']);
  });

  it('in a frame that cannot be read are read from REST, in their place', async () => {
    const seen = await openWith(3);
    market.spoil = (frame) => frame.slice(0, 40);
    market.match({ price: 98 });
    market.spoil = (frame) => frame;
    market.matchMany(3);
    await seen.until(whole);
    expectWhole(seen);
  });

  it('in frames that cannot be read, one after the other, come in order: what followed a further one waits for its check', async () => {
    const seen = await openWith(3);
    // REST is some trades behind the socket.
    market.restIsBehindBy = 3;
    for (let n = 0; n < 40; n++) {
      market.spoil = (frame) => (n % 3 === 0 ? frame.slice(0, 40) : frame);
      market.match({ price: 100 + (n % 5) }, n % 2);
      await new Promise((resolve) => void setTimeout(resolve, 3));
    }
    market.spoil = (frame) => frame;
    market.restIsBehindBy = 0;
    market.match();
    await seen.until(whole);
    const times = tradesOf(seen.items).map(({ ts }) => ts);
    expect(keysOf(seen.items).toSorted()).toEqual(market.matches.map(tradeKey).toSorted());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('on a channel that died without a word are found by asking REST; it is stale until it lives', async () => {
    const limits = { floorMs: 100, initialMs: 100, ceilingMs: 100 };
    const seen = await openWith(3, {
      silence: { trade: limits, orderbook: limits, ticker: limits },
      resubscribeMs: 50,
    });
    market.spoil = () => null;
    market.matchMany(2);
    await seen.until((items) => statesOf(items).includes('stale'));
    await seen.until(whole);
    // Still silent: it was looked at before these.
    market.matchMany(2);
    market.spoil = (frame) => frame;
    market.match();
    await seen.until((items) => whole(items) && statesOf(items).at(-1) === 'subscribed');
    expectWhole(seen);
    await eventually(() => market.exchange.commands.length >= 3);
    expect(market.exchange.commands.map(({ text }) => JSON.parse(text).command).slice(0, 3)).toEqual([
      'subscribe',
      'unsubscribe',
      'subscribe',
    ]);
  });

  it.each([
    ['every ping', Number.POSITIVE_INFINITY, 10_000],
    ['the ping behind the subscription', 1, 250],
  ])('on a channel that died are found, too, where %s stays unanswered', async (_, unanswered, pingMs) => {
    await market.exchange.close();
    market = await new TestMarket().start({
      connection(socket) {
        const pong = socket.pong.bind(socket);
        let pings = 0;
        socket.pong = (data) => {
          if (++pings > unanswered) pong(data);
        };
      },
    });
    const limits = { floorMs: 100, initialMs: 100, ceilingMs: 100 };
    const silence = { trade: limits, orderbook: limits, ticker: limits };
    // Of a subscription that carries nothing only a later ping can tell that it was read.
    const carried = unanswered === 1 ? 0 : 3;
    const timings = { silence, pingMs, unservedMs: 60 };
    const seen = carried === 0 ? open([], timings) : await openWith(carried, timings);
    await eventually(() => market.exchange.commands.length === 1);
    market.spoil = () => null;
    if (carried === 0) {
      const asked = () => market.exchange.seen.some(({ url }) => url.includes('/v1/trades'));
      await eventually(asked);
    }
    market.matchMany(2);
    await seen.until((items) => tradesOf(items).length === carried + 2);
    await eventually(() => market.exchange.commands.length >= 3);
    expectWhole(seen);
  });

  it('are none in a market that is quiet: its silence is no fault', async () => {
    const limits = { floorMs: 40, initialMs: 40, ceilingMs: 40 };
    const seen = await openWith(3, { silence: { trade: limits, orderbook: limits, ticker: limits } });
    const asked = () => market.exchange.seen.filter(({ url }) => url.includes('/v1/trades')).length;
    await eventually(() => asked() >= 3);
    expect(statesOf(seen.items)).toEqual([]);
    market.match();
    await seen.until(whole);
    expect(market.exchange.commands).toHaveLength(1);
  });

  it('and told by a socket that is behind REST are told once, and an equal one that followed is told, too', async () => {
    const seen = await openWith(3);
    const late: string[] = [];
    market.spoil = (frame) => {
      late.push(frame);
      return null;
    };
    market.match({ price: 97 });
    market.match({ price: 98 });
    market.spoil = (frame) => frame;
    market.exchange.broadcast('{"channel":"trades"');
    await seen.until(whole);
    for (const frame of late) market.exchange.broadcast(frame);
    market.match({ price: 98 }, 0);
    market.match();
    await seen.until(whole);
    expectWhole(seen);
  });

  it('never are too many, too few or out of order, whenever the socket is cut', async () => {
    const seed = Number(process.env.ALPHA_SEED ?? Date.now());
    let state = seed % 2_147_483_647;
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    // Two: of the very first millisecond nobody knows whether it is whole.
    const seen = await openWith(2);
    for (let n = 0; n < 60; n++) {
      for (let m = random(random(20) === 0 ? 300 : 30); m > 0; m--) market.match({ price: 100 + random(2) }, random(3));
      if (random(3) === 0) market.cut();
      await new Promise((resolve) => void setTimeout(resolve, random(30)));
    }
    await eventually(() => market.exchange.sockets.size === 1);
    await seen.until((items) => ['resynced', 'subscribed'].includes(statesOf(items).at(-1) ?? ''));
    market.match();
    await seen.until(whole);
    const times = tradesOf(seen.items).map(({ ts }) => ts);
    expect(keysOf(seen.items).toSorted(), `seed ${seed}`).toEqual(market.matches.map(tradeKey).toSorted());
    expect(times, `seed ${seed}`).toEqual(times.toSorted((a, b) => a - b));
  });
});
