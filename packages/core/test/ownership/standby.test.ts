import { expect, test } from 'vitest';
import { said, Trading } from './support/trading.js';

const STANDBY = 'standby: another engine owns these brains; this one takes over when it ends';

test('a standby on the same host takes over from an owner that is killed, and the owner comes back as the standby', {
  timeout: 120_000,
}, async () => {
  const trading = await Trading.start({ symbols: ['BTC'], speed: 10 });
  const first = await trading.engine();
  await said(first, 'engine started');
  const second = await trading.engine();
  await said(second, STANDBY);
  expect(second.last(STANDBY)).toMatchObject({
    brains: ['strategy:gmo', 'execution:gmo'],
    owner: expect.stringContaining('/'),
  });
  await trading.moreOrders(2);
  expect(second.said('engine started')).toBe(false);

  const killed = performance.now();
  await first.stop('SIGKILL');
  await said(second, 'engine started');
  const owned = performance.now();
  await said(second, 'books agree with the exchange');
  const agreed = performance.now();
  await trading.moreOrders(1);
  const ms = [owned, agreed, performance.now()].map((at) => Math.round(at - killed));
  console.info(`after the kill, ms: owned ${ms[0]}, books agreed ${ms[1]}, next order ${ms[2]}`);

  const third = await trading.engine();
  await said(third, STANDBY);
  const asked = performance.now();
  expect(await third.stop('SIGTERM'), third.tail).toBe(0);
  expect(performance.now() - asked).toBeLessThan(2_000);

  await trading.moreOrders(1);
  await trading.settle();
  expect(await second.stop(), second.tail).toBe(0);
  expect(second.last('engine stopped')).toMatchObject({ reconciled: true, differences: [] });
  await trading.expectEachSentOnce();
});
