import { Decimal } from '@alpha-engine/core';
import * as kinds from './kinds.js';
import { optional, withDefault } from './setting.js';

/** What is traded, where, and by which strategy. */
export const tradingSettings = {
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
    description:
      'Bars the strategy gets: of time (`90s`, `1h`, `1w`), trades (`500t`), volume (`100v`) or value (`1000000q`). See [bars.md](bars.md).',
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
};
