import { BROKER_CASES } from '@alpha-engine/core/testing';
import { Budget, GmoBroker } from '@alpha-engine/gmo-adapter';
import { type GmoSimulator, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, describe, it } from 'vitest';
import { testContext } from '../support/context.js';

let sim: GmoSimulator;
afterEach(() => sim.close());

describe('the GMO broker, as every broker', () => {
  it.each(BROKER_CASES.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    // Held: the tape does not play, the market is what the cases show.
    sim = await startGmoSimulator({
      hold: 1_000,
      balances: { JPY: '100000000', BTC: '10' },
      timings: { commandMs: 0 },
    });
    const context = {
      ...testContext({ restBaseUrl: sim.restBaseUrl }),
      marketClock: { now: () => sim.clock().marketTs },
    };
    const credentials = { apiKey: 'simulator-key', apiSecret: 'simulator-secret' };
    const broker = new GmoBroker(context, credentials, {
      commands: new Budget({ spacingMs: 5 }),
      // On a busy machine commands bunch up on the way, and one is refused.
      timings: { rateLimitPauseMs: 100 },
    });
    await run({
      broker,
      leverage: 'BTC_JPY',
      spot: 'BTC',
      book: (symbol, bids, asks) =>
        sim.play({
          kind: 'book',
          symbol,
          bids: bids.map(([...level]) => level),
          asks: asks.map(([...level]) => level),
        }),
      trade: (symbol, price, size) => sim.play({ kind: 'trade', symbol, price, size, side: 'buy' }),
    });
  });
});
