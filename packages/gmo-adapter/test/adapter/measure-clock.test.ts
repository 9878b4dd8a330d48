import { AlphaError } from '@alpha-engine/core';
import { gmoAdapter, resolveEndpoints } from '@alpha-engine/gmo-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { testContext } from '../support/context.js';
import { type Answering, json, startHttpServer, success, type TestServer } from '../support/http-server.js';

let server: TestServer | undefined;
afterEach(() => server?.close());

const measure = async (answer: Answering) => {
  server = await startHttpServer(answer);
  return gmoAdapter.measureClock(testContext({ restBaseUrl: server.url }));
};

describe('measureClock', () => {
  it('believes a simulator, its own wall clock included when it is ours', async () => {
    const wallTs = { value: 0 };
    const reading = await measure((_, response) => {
      wallTs.value = Date.now();
      json(response, { wallTs: wallTs.value, marketTs: 1_700_000_000_000, speed: 60, held: false, ended: false });
    });
    expect(reading).toEqual({
      anchorWallTs: wallTs.value,
      anchorMarketTs: 1_700_000_000_000,
      speed: 60,
      uncertaintyMs: 0,
      simulated: true,
    });
    expect(server?.seen.map(({ url }) => url)).toEqual(['/sim/clock']);
  });

  it('takes the middle of the round trip when the simulator is on another clock', async () => {
    const before = Date.now();
    const reading = await measure((_, response) =>
      json(response, { wallTs: 5, marketTs: 7, speed: 0, held: true, ended: false }),
    );
    expect(reading).toMatchObject({ anchorMarketTs: 7, speed: 0 });
    expect(reading.anchorWallTs).toBeGreaterThanOrEqual(before);
    expect(reading.anchorWallTs).toBeLessThanOrEqual(Date.now());
  });

  it('reads the time of an answer where there is no simulator', async () => {
    const reading = await measure((request, response) => {
      if (request.url === '/sim/clock') json(response, {}, 404);
      else success(response, { status: 'OPEN' });
    });
    expect(reading).toMatchObject({ anchorMarketTs: Date.UTC(2026, 8, 23, 3, 11, 2, 317), speed: 1 });
    expect(server?.seen[1]?.url).toMatch(/^\/public\/v1\/status\?t=\d+$/);
  });

  it.each<[Answering, string]>([
    [(_, response) => void response.end('<html>'), 'EXCHANGE_BAD_ANSWER'],
    [(_, response) => json(response, { wallTs: '5' }), 'EXCHANGE_BAD_ANSWER'],
    [(_, __, raw) => void raw.socket.destroy(), 'EXCHANGE_UNREACHABLE'],
    [
      (request, response) =>
        request.url === '/sim/clock'
          ? json(response, {}, 404)
          : json(response, { status: 0, data: { status: 'OPEN' } }),
      'EXCHANGE_BAD_ANSWER',
    ],
  ])('says what is wrong', async (answer, code) => {
    await expect(measure(answer)).rejects.toMatchObject({ code });
  });
});

describe('resolveEndpoints', () => {
  it('is the real exchange by default', () => {
    expect(resolveEndpoints({})).toEqual({
      restPublicUrl: 'https://api.coin.z.com/public',
      restPrivateUrl: 'https://api.coin.z.com/private',
      wsPublicUrl: 'wss://api.coin.z.com/ws/public/v1',
      wsPrivateUrl: 'wss://api.coin.z.com/ws/private/v1',
      tradeFilesUrl: 'https://api.coin.z.com/data/trades',
      simulatorClockUrl: null,
    });
  });

  it('follows the REST address', () => {
    expect(resolveEndpoints({ restBaseUrl: 'http://127.0.0.1:8080/', wsPublicUrl: 'ws://127.0.0.1:9/x/' })).toEqual({
      restPublicUrl: 'http://127.0.0.1:8080/public',
      restPrivateUrl: 'http://127.0.0.1:8080/private',
      wsPublicUrl: 'ws://127.0.0.1:9/x',
      wsPrivateUrl: 'ws://127.0.0.1:8080/ws/private/v1',
      tradeFilesUrl: 'http://127.0.0.1:8080/data/trades',
      simulatorClockUrl: 'http://127.0.0.1:8080/sim/clock',
    });
  });

  it.each([
    { restBaseUrl: 'localhost:8080' },
    { restBaseUrl: 'ftp://a' },
    { wsPublicUrl: 'http://a' },
    { wsPrivateUrl: '' },
  ])('refuses %j', (endpoints) => {
    try {
      resolveEndpoints(endpoints);
      expect.unreachable();
    } catch (error) {
      expect(AlphaError.is(error, 'CONFIG_INVALID')).toBe(true);
    }
  });
});
