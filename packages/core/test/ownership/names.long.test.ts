import { expect, test } from 'vitest';
import { Trading } from './support/trading.js';

const DECIDES = { ENABLE_EXECUTION: 'false' };

test('two named strategy engines and one executor share a database, each symbol decided by one of them', {
  timeout: 120_000,
}, async () => {
  const trading = await Trading.start({ symbols: ['BTC', 'BTC_JPY'], speed: 20 });
  const executor = await trading.engine({ ENABLE_STRATEGY: 'false' });
  await executor.saying('engine started');
  const a = await trading.engine({ ...DECIDES, ALPHA_ENGINE_NAME: 'a', SYMBOLS: 'BTC' });
  await a.saying('engine started');

  // The same symbol again under another name, and another symbol under the same name.
  for (const wrong of [
    { ALPHA_ENGINE_NAME: 'c', SYMBOLS: 'BTC,BTC_JPY' },
    { ALPHA_ENGINE_NAME: 'a', SYMBOLS: 'BTC_JPY' },
  ]) {
    const refused = await trading.engine({ ...DECIDES, ...wrong });
    expect(await refused.ended()).toBe(6);
    expect(refused.tail).toContain('OWNERSHIP_CONFLICT');
  }
  const b = await trading.engine({ ...DECIDES, ALPHA_ENGINE_NAME: 'b', SYMBOLS: 'BTC_JPY' });
  await b.saying('engine started');
  await trading.signals('BTC', 3);
  await trading.signals('BTC_JPY', 3);

  // A symbol moves from one name to another: its signals go on where they were, and are traded.
  expect(await a.stop(), a.tail).toBe(0);
  expect(await b.stop(), b.tail).toBe(0);
  const [before] = (await trading.store.signals({ symbol: 'BTC', limit: 1 })).map(({ event }) => event.seq ?? 0);
  const both = await trading.engine({ ...DECIDES, ALPHA_ENGINE_NAME: 'b', SYMBOLS: 'BTC,BTC_JPY' });
  await both.saying('engine started');
  await trading.signals('BTC', 2);
  const last = (await trading.store.signals({ symbol: 'BTC' })).map(({ event }) => event.seq ?? 0);
  expect(last).toEqual(last.map((_, index) => index + 1));
  expect(last.length).toBeGreaterThan(before!);
  await trading.settle();
  expect(await both.stop(), both.tail).toBe(0);
  expect(await executor.stop(), executor.tail).toBe(0);
  expect(executor.last('engine stopped')).toMatchObject({ reconciled: true, differences: [] });
  expect(await trading.store.brains()).toEqual(['execution:gmo', 'strategy:gmo:a', 'strategy:gmo:b']);
  await trading.expectEachSentOnce();
});
