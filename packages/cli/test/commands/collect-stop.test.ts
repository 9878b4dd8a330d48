import { expect, it } from 'vitest';
import { Alpha, startSimulator } from '../support/alpha.js';
import { BUSY, countMarketEvents, embedded, eventsOn, sent, statsOf, stop, underLoad } from '../support/stopping.js';
import { tempFolder } from '../support/temp-folder.js';

it('is told to stop under load: all that the exchange sent is on the embedded bus, the socket closed in order', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder, BUSY);
  const collector = new Alpha(['collect'], { folder, env: { ...env, SYMBOLS: 'BTC_JPY' } });
  await underLoad(env);
  const { published, received } = await stop(collector);
  expect(published).toBe(received);
  const stats = await statsOf(env);
  expect(stats).toMatchObject({ closed: { clean: 1, cut: 0 }, subscriptions: 0 });
  expect(received).toBe(sent(stats));
  const events = await eventsOn(await embedded(folder));
  expect(countMarketEvents(events)).toBe(received);
  expect(events.at(-1)).toMatchObject({
    type: 'status',
    data: { state: 'disconnected', reason: 'The collector was stopped.' },
  });
}, 60_000);
