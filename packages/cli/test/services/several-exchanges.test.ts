import { type AlphaEvent, type MarketFeed, silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { type CollectorOptions, runCollectors } from '@alpha-engine/core/process';
import { Budget, GmoMarketFeed } from '@alpha-engine/gmo-adapter';
import { defaultTapePath, type GmoSimulator, loadTape, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { tempFolder } from '../support/temp-folder.js';

const TYPES = ['trade', 'orderbook', 'ticker', 'status'] as const;
const wallClock = { now: () => Date.now() };
/** A second exchange: what an adapter is to the collector is its feed, and the name on its events. */
function feedOf(name: string, simulator: GmoSimulator): MarketFeed {
  const context = {
    endpoints: { restBaseUrl: simulator.restBaseUrl },
    logger: silentLogger,
    marketClock: wallClock,
    wallClock,
  };
  const feed = new GmoMarketFeed(context, {
    commands: new Budget({ spacingMs: 5 }),
    requests: new Budget({ spacingMs: 5 }),
    timeoutMs: 500,
    timings: { reconnectMinMs: 50, reconnectMaxMs: 200, handshakeMs: 500, settleMs: 100, rereadMs: 50 },
  });
  return {
    async *subscribe(subscription, signal) {
      for await (const batch of feed.subscribe(subscription, signal))
        yield batch.map((event) => ({ ...event, exchange: name }));
    },
  };
}

it('collects from several exchanges; the faults of one, and its end, leave the others whole', async () => {
  const folder = await tempFolder();
  const bus = await openEmbeddedBus({ folder: `${folder}/bus` });
  const good = await startGmoSimulator({ speed: 3, origin: 'tape', hold: 3, timings: { commandMs: 0 } });
  const bad = await startGmoSimulator({
    speed: 3,
    timings: { commandMs: 0 },
    faults: {
      seed: 1,
      faults: [
        { kind: 'handshake_dropped', acts: 2 },
        { kind: 'rest_unavailable', acts: 2 },
        { kind: 'corrupt', nth: 3, letters: 4 },
        { kind: 'duplicate', nth: 5, copies: 5 },
        { kind: 'crossed_book', nth: 2 },
        { kind: 'rest_hung', nth: 4 },
        { kind: 'cut', at: '3s', every: '1s' },
      ],
    },
  });
  const collector = (exchange: string, simulator: GmoSimulator, symbols: readonly string[]): CollectorOptions => ({
    exchange,
    symbols,
    feed: feedOf(exchange, simulator),
    bus,
    spool: { folder: `${folder}/spool-${exchange}-${symbols.join()}`, maxBytes: 1_000_000 },
    logger: silentLogger,
    wallClock,
  });
  const stop = new AbortController();
  const running = runCollectors(
    [
      collector('gmo', good, ['BTC_JPY']),
      collector('other', bad, ['BTC_JPY']),
      // Ends at once, and for good.
      collector('third', good, ['NOT_LISTED']),
    ],
    stop.signal,
  );
  const outcome = running.catch((error: unknown) => error);
  const events = async () => {
    const pages = await Promise.all(TYPES.map((type) => bus.range(`md:${type}`, null, 1_000_000)));
    return pages.flat().map(({ event }) => event);
  };
  const of = (all: readonly AlphaEvent[], exchange: string, market: boolean) =>
    all.filter((event) => event.exchange === exchange && (event.type !== 'status') === market);
  try {
    await expect
      .poll(() => bad.stats().closed.cut, { timeout: 30_000, message: 'the other was cut several times' })
      .toBeGreaterThanOrEqual(3);
    await expect.poll(async () => of(await events(), 'other', true).length, { timeout: 20_000 }).toBeGreaterThan(100);
    stop.abort();
    expect(await outcome).toMatchObject({ code: 'UNKNOWN_SYMBOL' });
    const all = await events();
    const trades = of(all, 'gmo', true).filter(({ type }) => type === 'trade');
    const { records } = await loadTape(defaultTapePath());
    const onTape = records.filter(({ kind, symbol }) => kind === 'trade' && symbol === 'BTC_JPY');
    expect(trades.map(({ ts }) => ts)).toEqual(onTape.slice(0, trades.length).map(({ ts }) => ts));
    const states = (exchange: string) =>
      of(all, exchange, false).map((event) => ('data' in event ? (event.data as { state: string }).state : ''));
    expect(states('gmo').filter((state) => !['connected', 'open', 'subscribed'].includes(state))).toEqual([
      'disconnected',
    ]);
    expect(states('other').filter((state) => state === 'disconnected').length).toBeGreaterThan(3);
    for (const exchange of ['gmo', 'other']) {
      for (const type of TYPES) {
        const numbers = all.filter((event) => event.exchange === exchange && event.type === type).map(({ seq }) => seq);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
      }
    }
  } finally {
    stop.abort();
    await outcome;
    await bus.close();
    await Promise.all([good.close(), bad.close()]);
  }
}, 60_000);
