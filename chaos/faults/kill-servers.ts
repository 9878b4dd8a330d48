import { WORKERS } from '../progress.js';
import type { Fault } from './fault.js';

/** `kill -9` of the server; it is started again on the same files. */
export const killRedis: Fault = {
  name: 'kill-redis',
  target: 'redis',
  recoveredWhen: WORKERS,
  strike: ({ redis }) => redis.kill('SIGKILL'),
  heal: ({ redis }) => redis.start(),
};

/** `kill -9` of the server and of every child of it. */
export const killPostgres: Fault = {
  name: 'kill-postgres',
  target: 'postgres',
  recoveredWhen: ['strategy', 'execution'],
  strike: ({ postgres }) => postgres.kill(),
  heal: ({ postgres }) => postgres.start(),
};
