import { expect, onTestFinished, test } from 'vitest';
import { Supervised } from '../containers/support/supervised.js';
import { startServer } from '../store/support/start-server.js';
import { alpha, Trading } from './support/trading.js';

const STANDBY = 'standby: another engine owns these brains; this one takes over when it ends';

test('a database on which nothing ran yet is told in a sentence', async () => {
  const server = await startServer();
  onTestFinished(() => server.stop());
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: await server.newDatabase() };
  for (const command of ['status', 'orders', 'positions']) {
    const asked = new Supervised({ ...alpha(command), cwd: process.cwd(), env });
    expect(await asked.ended()).toBe(5);
    expect(asked.tail).toMatch(/STORE_EMPTY: .*nothing ran on it yet.*alpha db migrate/);
  }
});

test('a standby on the same host takes over from an owner that is killed, and the owner comes back as the standby', {
  timeout: 120_000,
}, async () => {
  const trading = await Trading.start({ symbols: ['BTC'], speed: 10 });
  const first = await trading.engine();
  await first.saying('engine started');
  const second = await trading.engine();
  await second.saying(STANDBY);
  expect(second.last(STANDBY)).toMatchObject({
    brains: ['strategy:gmo', 'execution:gmo'],
    owner: expect.stringContaining('/'),
  });
  const owned = { owner: expect.stringContaining('/'), standbys: [expect.stringContaining('/')] };
  expect(await trading.status()).toMatchObject({
    brains: [
      { brain: 'execution:gmo', ...owned },
      { brain: 'strategy:gmo', ...owned },
    ],
  });
  await trading.moreOrders(2);
  expect(second.said('engine started')).toBe(false);

  const killed = performance.now();
  await first.stop('SIGKILL');
  await second.saying('engine started');
  const taken = performance.now();
  await second.saying('books agree with the exchange');
  const agreed = performance.now();
  await trading.moreOrders(1);
  const ms = [taken, agreed, performance.now()].map((at) => Math.round(at - killed));
  console.info(`after the kill, ms: owned ${ms[0]}, books agreed ${ms[1]}, next order ${ms[2]}`);

  const third = await trading.engine();
  await third.saying(STANDBY);
  const asked = performance.now();
  expect(await third.stop('SIGTERM'), third.tail).toBe(0);
  expect(performance.now() - asked).toBeLessThan(2_000);

  await trading.moreOrders(1);
  await trading.settle();
  expect(await second.stop(), second.tail).toBe(0);
  expect(second.last('engine stopped')).toMatchObject({ reconciled: true, differences: [] });
  await trading.expectEachSentOnce();
});
