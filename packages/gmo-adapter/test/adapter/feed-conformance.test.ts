import { MARKET_FEED_CASES } from '@alpha-engine/core/testing';
import { describe, it } from 'vitest';
import { startFeedTestbed } from '../support/feed-testbed.js';

describe('the GMO feed, as every market feed', () => {
  it.each(MARKET_FEED_CASES.map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
    const testbed = await startFeedTestbed();
    try {
      await run(testbed);
    } finally {
      await testbed.close();
    }
  });
});
