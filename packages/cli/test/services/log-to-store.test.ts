import type { Logger, LogRecord } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { logToStore } from '../../src/services/log-to-store.js';

it('writes each line to the log and to the store with the same fields, from the least level on', async () => {
  const printed: unknown[] = [];
  const print = (shared: object, level: string) => (fields: object, message: string) =>
    void printed.push([level, { ...shared, ...fields }, message]);
  const loggerWith = (shared: object): Logger => ({
    debug: print(shared, 'debug'),
    info: print(shared, 'info'),
    warn: print(shared, 'warn'),
    error: print(shared, 'error'),
    child: (fields) => loggerWith({ ...shared, ...fields }),
  });
  const stored: LogRecord[] = [];
  const sink = logToStore(loggerWith({}), { appendLogs: async (records) => void stored.push(...records) }, 'info');

  sink.logger.debug({ a: 1 }, 'too small');
  sink.logger.info({ a: 2 }, 'kept');
  sink.logger.child({ symbol: 'BTC' }).child({ side: 'buy' }).error({ a: 3 }, 'kept too');
  await sink.close();

  expect(stored.map(({ level, fields, message }) => [level, fields, message])).toEqual([
    ['info', { a: 2 }, 'kept'],
    ['error', { symbol: 'BTC', side: 'buy', a: 3 }, 'kept too'],
  ]);
  expect(printed).toEqual([
    ['debug', { a: 1 }, 'too small'],
    ['info', { a: 2 }, 'kept'],
    ['error', { symbol: 'BTC', side: 'buy', a: 3 }, 'kept too'],
  ]);
});
