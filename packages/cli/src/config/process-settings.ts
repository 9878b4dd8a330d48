import * as kinds from './kinds.js';
import { optional, withDefault } from './setting.js';

/** Where the processes keep what they pass on and remember, for how long, and how they tell of themselves. */
export const processSettings = {
  dataDir: withDefault(kinds.text, './.alpha', {
    env: 'ALPHA_DATA_DIR',
    flag: 'data-dir',
    description: 'Folder of the embedded bus and the embedded database.',
  }),
  redisUrl: optional(kinds.redisUrl, {
    env: 'REDIS_URL',
    description: 'A Redis 7 or newer to use as the bus. See [redis.md](redis.md) for Sentinel, Cluster and TLS.',
    defaultText: 'the embedded bus',
  }),
  partition: withDefault(kinds.choice(['none', 'symbol']), 'none', {
    env: 'ALPHA_PARTITION',
    flag: 'partition',
    description:
      'With `symbol` each symbol has streams of its own, so that a Redis Cluster shares the load. The same for every process on the bus.',
  }),
  spoolMaxMb: withDefault(kinds.numberFrom(1), 1024, {
    env: 'ALPHA_SPOOL_MAX_MB',
    flag: 'spool-max-mb',
    description:
      'Most that the collector keeps on disk while the bus is away, in MB. Beyond it new events are dropped, and which ones is published.',
  }),
  databaseUrl: optional(kinds.secretUrl('postgres:', 'postgresql:'), {
    env: 'DATABASE_URL',
    description: 'A PostgreSQL server to keep the records in.',
    defaultText: 'the embedded database',
  }),
  logLevel: withDefault(kinds.choice(['debug', 'info', 'warn', 'error']), 'info', {
    env: 'LOG_LEVEL',
    flag: 'log-level',
    description: 'Least important log line to write. `debug` also prints the stack of a failure.',
  }),
  databaseConnections: withDefault(kinds.numberFrom(1, 100), 4, {
    env: 'ALPHA_DATABASE_CONNECTIONS',
    flag: 'database-connections',
    description: 'Most connections of one process to the server of DATABASE_URL.',
  }),
  databaseTimeoutMs: withDefault(kinds.numberFrom(100), 30_000, {
    env: 'ALPHA_DATABASE_TIMEOUT_MS',
    flag: 'database-timeout-ms',
    description: 'What a statement, or a wait for a lock, may take on that server. Milliseconds.',
  }),
  archiveTo: withDefault(kinds.choice(['files', 'postgres']), 'files', {
    env: 'ALPHA_ARCHIVE_TO',
    flag: 'archive-to',
    description: 'Where `alpha archive` puts market data; `postgres` needs DATABASE_URL.',
  }),
  archiveDir: optional(kinds.text, {
    env: 'ALPHA_ARCHIVE_DIR',
    flag: 'archive-dir',
    description: 'Folder of the archive, when it consists of files.',
    defaultText: '`archive` in the data folder',
  }),
  archiveRetentionDays: optional(kinds.numberFrom(1), {
    env: 'ALPHA_ARCHIVE_RETENTION_DAYS',
    flag: 'archive-retention-days',
    description: 'Archived days that ended longer ago are dropped.',
    defaultText: 'everything is kept',
  }),
  inputRetentionDays: withDefault(kinds.numberFrom(1), 7, {
    env: 'ALPHA_INPUT_RETENTION_DAYS',
    flag: 'input-retention-days',
    description:
      'Days for which the record keeps all that the brains read, for replays. What a restart needs is kept for good.',
  }),
  equityDetailDays: withDefault(kinds.numberFrom(1), 7, {
    env: 'ALPHA_EQUITY_DETAIL_DAYS',
    flag: 'equity-detail-days',
    description: 'Days for which equity is kept by the second; after that, one row a minute.',
  }),
  logRetentionDays: withDefault(kinds.numberFrom(1), 30, {
    env: 'ALPHA_LOG_RETENTION_DAYS',
    flag: 'log-retention-days',
    description: 'Days for which log lines are kept in the database.',
  }),
  metricsPort: optional(kinds.numberFrom(0, 65_535), {
    env: 'METRICS_PORT',
    flag: 'metrics-port',
    description:
      'Port on which this process tells how it is: `/healthz`, `/readyz` and `/metrics`. See [metrics.md](metrics.md).',
    defaultText: 'none is opened',
  }),
  metricsHost: withDefault(kinds.text, '127.0.0.1', {
    env: 'METRICS_HOST',
    flag: 'metrics-host',
    description: 'Address to listen on for METRICS_PORT. Any but those of this machine alone needs METRICS_TOKEN.',
  }),
  metricsToken: optional(kinds.secret, {
    env: 'METRICS_TOKEN',
    description: 'What `/metrics` wants as a bearer token.',
    defaultText: 'it wants none',
  }),
};
