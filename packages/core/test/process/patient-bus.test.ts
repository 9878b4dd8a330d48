import { openRedisBus } from '@alpha-engine/core/redis';
import { startRedisServer } from '@alpha-engine/core/testing';
import { expect, it } from 'vitest';
import { patientBus } from '../../src/process/patient-bus.js';

const SERIES = { stream: 'order:gmo', exchange: 'gmo', symbol: 'BTC_JPY', type: 'order' } as const;

it('waits for a Redis that is away longer than a call may take, until it is told to stop', async () => {
  await using server = await startRedisServer();
  const inner = await openRedisBus({ url: server.url, patienceMs: 50 });
  const stop = new AbortController();
  const bus = patientBus(inner, stop.signal);
  await server.kill();
  await expect(inner.claim([SERIES])).rejects.toMatchObject({ code: 'BUS_UNAVAILABLE' });
  const claiming = bus.claim([SERIES]);
  // Several calls of its own patience later.
  for (let call = 0; call < 4; call++) await expect(inner.claim([SERIES])).rejects.toThrow();
  await server.start();
  expect((await claiming).lastSeq.size).toBe(1);
  await inner.claim([SERIES]);
  await expect(bus.claim([SERIES], 1)).rejects.toMatchObject({ code: 'BUS_FENCED' });

  await server.kill();
  const told = expect(bus.claim([SERIES])).rejects.toThrow('told to stop');
  stop.abort(new Error('told to stop'));
  await told;
  await inner.close();
}, 30_000);
