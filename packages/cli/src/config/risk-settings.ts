import { Decimal } from '@alpha-engine/core';
import type { MarketFill, QueueModel } from '@alpha-engine/core/simulation';
import * as kinds from './kinds.js';
import { optional, withDefault } from './setting.js';

/** Written out here: help must not load the simulated exchange. */
const FILLS = ['book-walk', 'top-of-book', 'trades'] as const satisfies readonly MarketFill[];
const QUEUES = ['conservative', 'proportional', 'through'] as const satisfies readonly QueueModel[];

/** What the risk gate allows, and what the engine takes for granted of data, clock and account. See docs/risk.md. */
export const riskSettings = {
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
  paperFill: withDefault(kinds.choice(FILLS), 'book-walk', {
    env: 'ALPHA_PAPER_FILL',
    flag: 'fill',
    description: 'What orders trade with on paper; see [backtest.md](backtest.md#fill-models).',
  }),
  paperQueue: withDefault(kinds.choice(QUEUES), 'conservative', {
    env: 'ALPHA_PAPER_QUEUE',
    flag: 'queue',
    description:
      'On paper: when a resting order fills that the market only touches. With `paperFill: trades` always `through`.',
  }),
  paperSlippagePct: withDefault(kinds.numberFrom(0, 50), 0, {
    env: 'ALPHA_PAPER_SLIPPAGE_PCT',
    flag: 'slippage-pct',
    description:
      'On paper: how much worse than the market that orders trade with market orders and stops fill. Per cent of the price.',
  }),
  paperLatency: withDefault(kinds.text, 'none', {
    env: 'ALPHA_PAPER_LATENCY',
    flag: 'latency',
    description:
      'On paper: how long orders and answers take. `none`, `assumed`, legs in milliseconds such as `order=50-150,answer=80`, or a file that `alpha latency` wrote.',
  }),
};
