import { Decimal } from '@alpha-engine/core';
import { z } from 'zod';
import * as kinds from './kinds.js';

/** What is known of a setting beside its values: where it is read from, and its line in the reference. */
export interface SettingInfo {
  readonly env: string;
  /** Absent: not a flag, because the process list would show it. */
  readonly flag?: string;
  readonly description: string;
  readonly expects: string;
  readonly type: string;
  readonly secret: boolean;
  readonly code?: kinds.Kind<unknown>['code'];
  /** For the reference, where the default is decided elsewhere. */
  readonly defaultText?: string;
}

const settings = z.registry<SettingInfo>();

type Place = Pick<SettingInfo, 'env' | 'flag' | 'description' | 'defaultText'>;

function info(kind: kinds.Kind<unknown>, place: Place): SettingInfo {
  const { expects, type, code } = kind;
  return { ...place, expects, type, secret: kind.secret ?? false, ...(code && { code }) };
}

function withDefault<Value>(kind: kinds.Kind<Value>, value: Value, place: Place) {
  return kind.schema
    .optional()
    .transform((given): Value => given ?? value)
    .register(settings, info(kind, place));
}

function optional<Value>(kind: kinds.Kind<Value>, place: Place) {
  return kind.schema.optional().register(settings, info(kind, place));
}

/** Every setting there is. `docs/configuration.md` is written from this. */
export const configSchema = z.strictObject({
  exchange: withDefault(kinds.text, 'gmo', {
    env: 'EXCHANGE_NAME',
    flag: 'exchange',
    description: 'Exchange to read from and to trade on.',
  }),
  symbols: withDefault(kinds.list, ['BTC_JPY'], {
    env: 'SYMBOLS',
    flag: 'symbols',
    description:
      'Symbols, as the exchange writes them. On GMO Coin `BTC` is spot and `BTC_JPY` is leverage. For `alpha collect` also `all`, alone or behind those that come first.',
  }),
  wsPublicUrl: optional(kinds.url('ws:', 'wss:'), {
    env: 'WS_PUBLIC_URL',
    flag: 'ws-public-url',
    description: 'Address of the public WebSocket.',
    defaultText: "the exchange's, or below REST_BASE_URL",
  }),
  wsPrivateUrl: optional(kinds.url('ws:', 'wss:'), {
    env: 'ALPHA_WS_PRIVATE_URL',
    flag: 'ws-private-url',
    description: 'Address of the private WebSocket.',
    defaultText: "the exchange's, or below REST_BASE_URL",
  }),
  restBaseUrl: optional(kinds.url('http:', 'https:'), {
    env: 'REST_BASE_URL',
    flag: 'rest-base-url',
    description: 'Address of the REST side, without `/public` and `/private`.',
    defaultText: "the exchange's",
  }),
  strategy: optional(kinds.text, {
    env: 'STRATEGY_NAME',
    flag: 'strategy',
    description: 'Built-in strategy (`ma-cross`), file (`./my-strategy.ts`) or npm package.',
  }),
  strategyParams: withDefault(
    kinds.pairs,
    {},
    {
      env: 'ALPHA_STRATEGY_PARAMS',
      flag: 'param',
      description:
        "The strategy's parameters, `name=value`; the flag may be repeated. `alpha strategy show` lists them.",
    },
  ),
  timeframe: withDefault(kinds.timeframe, '1m', {
    env: 'ALPHA_TIMEFRAME',
    flag: 'timeframe',
    description: 'Length of the bars the strategy gets.',
  }),
  engineName: optional(kinds.name, {
    env: 'ALPHA_ENGINE_NAME',
    flag: 'name',
    description:
      'Tells strategy engines apart that share the symbols of an exchange on one database. See [standby.md](standby.md).',
    defaultText: 'none: the only one',
  }),
  enableStrategy: withDefault(kinds.flag, true, {
    env: 'ENABLE_STRATEGY',
    flag: 'enable-strategy',
    description: 'Run the strategy half of the engine. Switching one half off needs DATABASE_URL.',
  }),
  enableExecution: withDefault(kinds.flag, true, {
    env: 'ENABLE_EXECUTION',
    flag: 'enable-execution',
    description: 'Run the order half of the engine. Switching one half off needs DATABASE_URL.',
  }),
  apiKey: optional(kinds.secret, { env: 'API_KEY', description: 'API key; needed with `--live`.' }),
  apiSecret: optional(kinds.secret, { env: 'API_SECRET', description: 'API secret; needed with `--live`.' }),
  capital: withDefault(kinds.amount, Decimal.of('1000000'), {
    env: 'CAPITAL',
    flag: 'capital',
    description: 'Equity the ledger begins with, in quote currency; drawdown is measured from it.',
  }),
  orderSize: withDefault(kinds.amount, Decimal.of('0.01'), {
    env: 'ALPHA_ORDER_SIZE',
    flag: 'order-size',
    description: 'Size of an entry, in base coin.',
  }),
  sizing: withDefault(kinds.choice(['fixed', 'equity', 'risk']), 'fixed', {
    env: 'ALPHA_SIZING',
    flag: 'sizing',
    description:
      'How large an entry is: ALPHA_ORDER_SIZE, a share of the equity, or what loses a share of the equity at its stop. See [orders.md](orders.md).',
  }),
  sizingPct: withDefault(kinds.numberFrom(0.01, 100), 1, {
    env: 'ALPHA_SIZING_PCT',
    flag: 'sizing-pct',
    description: 'That share of the equity, in percent.',
  }),
  sizeByConfidence: withDefault(kinds.flag, false, {
    env: 'ALPHA_SIZE_BY_CONFIDENCE',
    flag: 'size-by-confidence',
    description: "Multiply the size of an entry by its signal's confidence.",
  }),
  orderPolicy: withDefault(kinds.choice(['market', 'limit', 'post_only']), 'market', {
    env: 'ALPHA_ORDER_POLICY',
    flag: 'order-policy',
    description: 'How entries are placed: at the market, or resting at the best price of their own side.',
  }),
  exitPolicy: withDefault(kinds.choice(['market', 'limit', 'post_only']), 'market', {
    env: 'ALPHA_EXIT_POLICY',
    flag: 'exit-policy',
    description: 'The same for exits, whose rest always goes to the market in the end.',
  }),
  orderTimeoutMs: withDefault(kinds.numberFrom(100), 10_000, {
    env: 'ALPHA_ORDER_TIMEOUT_MS',
    flag: 'order-timeout-ms',
    description: 'How long a resting order waits at one price. Milliseconds of market time.',
  }),
  orderReprices: withDefault(kinds.numberFrom(0, 100), 3, {
    env: 'ALPHA_ORDER_REPRICES',
    flag: 'order-reprices',
    description: 'How often a resting order is moved to the best price of that moment.',
  }),
  orderLastly: withDefault(kinds.choice(['market', 'give_up']), 'market', {
    env: 'ALPHA_ORDER_LASTLY',
    flag: 'order-lastly',
    description: 'What becomes of the rest of an entry after that.',
  }),
  stopLossPct: optional(kinds.numberFrom(0.01, 100), {
    env: 'ALPHA_STOP_LOSS_PCT',
    flag: 'stop-loss-pct',
    description: 'Stop-loss of entries whose signal names none: percent of the entry price.',
    defaultText: 'none',
  }),
  takeProfitPct: optional(kinds.numberFrom(0.01, 1000), {
    env: 'ALPHA_TAKE_PROFIT_PCT',
    flag: 'take-profit-pct',
    description: 'Profit at which such entries are closed: percent of the entry price.',
    defaultText: 'none',
  }),
  trailPct: optional(kinds.numberFrom(0.01, 100), {
    env: 'ALPHA_TRAIL_PCT',
    flag: 'trail-pct',
    description: 'Trailing stop of such entries: percent below the best price since the entry, above it for a short.',
    defaultText: 'none',
  }),
  maxPositionSize: withDefault(kinds.amount, Decimal.of('0.05'), {
    env: 'MAX_POSITION_SIZE',
    flag: 'max-position-size',
    description: 'Largest position per symbol, in base coin; unfilled openings count.',
  }),
  maxDrawdownPct: withDefault(kinds.numberFrom(0.01, 100), 20, {
    env: 'MAX_DRAWDOWN_PCT',
    flag: 'max-drawdown-pct',
    description: 'Fall of the equity from its peak, in percent, that stops new positions.',
  }),
  maxOrderValue: optional(kinds.amount, {
    env: 'MAX_ORDER_VALUE',
    flag: 'max-order-value',
    description: 'Largest value of what one signal opens, in quote currency.',
    defaultText: 'CAPITAL',
  }),
  maxSymbolExposure: optional(kinds.amount, {
    env: 'MAX_SYMBOL_EXPOSURE',
    flag: 'max-symbol-exposure',
    description: 'Largest value of what is open on a symbol, in quote currency; unfilled openings count.',
    defaultText: '2 × CAPITAL',
  }),
  maxStrategyExposure: optional(kinds.amount, {
    env: 'MAX_STRATEGY_EXPOSURE',
    flag: 'max-strategy-exposure',
    description: 'The same of what one strategy has open on all symbols.',
    defaultText: '2 × CAPITAL',
  }),
  maxAccountExposure: optional(kinds.amount, {
    env: 'MAX_ACCOUNT_EXPOSURE',
    flag: 'max-account-exposure',
    description: 'The same of everything that is open.',
    defaultText: '2 × CAPITAL',
  }),
  maxOpenOrders: withDefault(kinds.wholeFrom(1), 20, {
    env: 'MAX_OPEN_ORDERS',
    flag: 'max-open-orders',
    description: 'Most unfinished orders of a symbol with which one more is opened.',
  }),
  maxOrdersPerMinute: withDefault(kinds.wholeFrom(1), 120, {
    env: 'MAX_ORDERS_PER_MINUTE',
    flag: 'max-orders-per-minute',
    description: 'Most openings of the account within a minute of market time.',
  }),
  maxPriceDeviationPct: withDefault(kinds.numberFrom(0.01, 100), 5, {
    env: 'MAX_PRICE_DEVIATION_PCT',
    flag: 'max-price-deviation-pct',
    description: 'How far the price of a signal or an order may be off the market, in percent.',
  }),
  maxDailyLoss: optional(kinds.amount, {
    env: 'MAX_DAILY_LOSS',
    flag: 'max-daily-loss',
    description: 'Fall of the equity since the business day began, in quote currency, that stops new positions.',
    defaultText: 'a tenth of CAPITAL',
  }),
  dayStart: withDefault(kinds.timeOfDay, kinds.timeOfDayMs('06:00+09:00'), {
    env: 'ALPHA_DAY_START',
    flag: 'day-start',
    description: 'When the business day begins, with its offset from UTC.',
    defaultText: '06:00+09:00',
  }),
  maxLosingStreak: optional(kinds.wholeFrom(1), {
    env: 'MAX_LOSING_STREAK',
    flag: 'max-losing-streak',
    description: 'Trades of a symbol lost in a row that stop its new positions.',
    defaultText: 'any number',
  }),
  lossCooldownMs: withDefault(kinds.numberFrom(0), 0, {
    env: 'ALPHA_LOSS_COOLDOWN_MS',
    flag: 'loss-cooldown-ms',
    description: 'How long a symbol opens nothing after a lost trade. Milliseconds of market time.',
  }),
  minConfidence: withDefault(kinds.numberFrom(0, 1), 0, {
    env: 'MIN_CONFIDENCE',
    flag: 'min-confidence',
    description: 'Entries with a lower confidence are denied.',
  }),
  maxExchangeErrors: withDefault(kinds.wholeFrom(1), 20, {
    env: 'MAX_EXCHANGE_ERRORS',
    flag: 'max-exchange-errors',
    description: 'Requests that the exchange left undone within a minute which stop new positions for another minute.',
  }),
  maxSignalAgeMs: withDefault(kinds.numberFrom(1), 10_000, {
    env: 'ALPHA_MAX_SIGNAL_AGE_MS',
    flag: 'max-signal-age-ms',
    description: 'Entries older than this are denied; exits never are. Milliseconds of market time.',
  }),
  maxDataAgeMs: withDefault(kinds.numberFrom(1), 10_000, {
    env: 'ALPHA_MAX_DATA_AGE_MS',
    flag: 'max-data-age-ms',
    description: 'Entries are denied when the last quote is older than this. Milliseconds of market time.',
  }),
  silenceLimits: withDefault(
    kinds.silenceLimits,
    {},
    {
      env: 'ALPHA_SILENCE_LIMITS',
      flag: 'silence-limits',
      description:
        'How long a channel may be silent before it is called stale, by channel: `orderbook=15000` is fixed, `ticker=60000-600000` is learnt in between. Milliseconds.',
      defaultText: 'what the adapter knows of the exchange; see [collector.md](collector.md#silence)',
    },
  ),
  inDoubtHorizonMs: optional(kinds.numberFrom(1), {
    env: 'ALPHA_IN_DOUBT_HORIZON_MS',
    flag: 'in-doubt-horizon-ms',
    description:
      "How long an unanswered order may still take effect. Milliseconds of wall time; not below the exchange's own, but with a simulator on this machine.",
    defaultText: "the exchange's",
  }),
  exclusive: withDefault(kinds.flag, true, {
    env: 'ALPHA_EXCLUSIVE',
    flag: 'exclusive',
    description: 'The account is traded by nobody else: an order the engine does not know stops its symbol.',
  }),
  maxClockSkewMs: withDefault(kinds.numberFrom(1), 1_000, {
    env: 'ALPHA_MAX_CLOCK_SKEW_MS',
    flag: 'max-clock-skew-ms',
    description: "Largest difference between this machine's clock and the exchange's. Milliseconds.",
  }),
  paperBalances: withDefault(
    kinds.balances,
    { JPY: Decimal.of('1000000'), BTC: Decimal.zero },
    {
      env: 'ALPHA_PAPER_BALANCES',
      flag: 'paper-balances',
      description: 'What the simulated account holds at the start, without `--live`.',
      defaultText: 'JPY=1000000,BTC=0',
    },
  ),
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
});

export type Config = z.output<typeof configSchema>;
export type SettingKey = keyof Config;

/** In the order of the reference page. */
export const SETTING_KEYS = Object.keys(configSchema.shape) as readonly SettingKey[];

export function settingInfo(key: SettingKey): SettingInfo {
  const found = settings.get(configSchema.shape[key]);
  if (found === undefined) throw new Error(`Setting ${key} has no description.`);
  return found;
}
