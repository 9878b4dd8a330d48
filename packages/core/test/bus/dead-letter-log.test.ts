import { type DeadLetter, type Logger, MetricsRegistry, meterBus, silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { DeadLetterLog } from '../../src/bus/dead-letter-log.js';
import { broken, claimed, readNow, trade } from '../../src/testing/bus-case.js';
import { temporaryFolder } from '../support/temporary-folder.js';

afterEach(() => {
  vi.useRealTimers();
});

/** A logger, and the fields of what it was warned of. */
function listen() {
  const said: Readonly<Record<string, unknown>>[] = [];
  const logger: Logger = { ...silentLogger, warn: (fields) => said.push(fields), child: () => logger };
  return { said, logger };
}

it('tells the first letter of each stream at once, and those of a minute in one line', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { said, logger } = listen();
  const log = new DeadLetterLog(logger);
  const letters = (stream: string, count: number): DeadLetter[] =>
    Array.from({ length: count }, () => ({ stream, entry_id: '7', reason: 'r', text: 't', group: 'g', recv_ts: 1 }));
  const counts = () => said.map(({ stream, count }) => `${stream} ${count}`);
  log.tell(letters('md:trade', 2));
  log.tell(letters('md:ticker', 1));
  log.tell(letters('md:trade', 3));
  vi.advanceTimersByTime(59_999);
  log.tell(letters('md:trade', 1));
  expect(counts()).toEqual(['md:trade 2', 'md:ticker 1']);
  vi.advanceTimersByTime(1);
  log.tell(letters('md:trade', 1));
  log.tell(letters('md:trade', 1));
  expect(counts()).toEqual(['md:trade 2', 'md:ticker 1', 'md:trade 5']);
  expect(said[0]).toMatchObject({ group: 'g', entry: '7', reason: 'r' });
});

it.each(['embedded', 'redis'])('whoever meets a letter first on the %s bus warns of it and counts it', async (kind) => {
  await using resource = kind === 'redis' ? await startRedisServer() : await temporaryFolder();
  const { said, logger } = listen();
  const metrics = new MetricsRegistry();
  const opened =
    'url' in resource
      ? await openRedisBus({ url: resource.url, logger })
      : await openEmbeddedBus({ folder: resource.path, logger });
  const bus = meterBus(opened, metrics);
  const warned = () => said.filter((fields) => 'entry' in fields);
  try {
    await bus.publish(await claimed(bus), [broken(), trade(1), broken()]);
    for (const group of ['a', 'b']) {
      const reader = await bus.subscribe({ group, consumer: 'one', streams: ['md:trade'] });
      await readNow(reader, 1);
      await reader.read({ waitMs: 0 });
    }
    expect(warned()).toMatchObject([{ stream: 'md:trade', group: 'a', reason: expect.stringContaining('price') }]);
    const counted = metrics.samples().filter(({ name }) => name === 'alpha_bus_dead_letters_total');
    expect(counted).toMatchObject([{ labels: { stream: 'md:trade' }, value: 2 }]);
  } finally {
    await bus.close();
  }
});
