import { Flags } from '@oclif/core';
import { LIMIT_SETTINGS } from './limit-settings.js';
import { settingFlags } from './setting-flags.js';

/** What one back-test asks for; shared by the commands that run many. */
export const backtestFlags = {
  strategy: Flags.string({
    description:
      'Built-in strategy (`ma-cross`), file (`./my-strategy.ts`) or npm package; may be repeated. Behind an @ the symbols it trades (`rsi@BTC`), in front a name for it (`slow=ma-cross`). [env: STRATEGY_NAME]',
    helpValue: '<[name=]strategy[@symbol]>',
    multiple: true,
    multipleNonGreedy: true,
  }),
  data: Flags.string({
    description:
      'File of bars, trades, books or events, plain or .gz, or a folder of them; may be repeated, in order of time. Of several symbols with the symbol in front: `BTC=btc.csv`. Or what was kept: archive, archive:<folder>, bus, redis://…, db (bars), db:events.',
    helpValue: '<[symbol=]file>',
    required: true,
    multiple: true,
    multipleNonGreedy: true,
  }),
  'data-kind': Flags.option({ options: ['auto', 'bars', 'trades', 'books', 'events'] as const, default: 'auto' })({
    description: 'What files hold. auto: recognised by their first line.',
  }),
  'data-timeframe': Flags.string({
    description: 'Length of the bars in files, where they are to be put together to those of --timeframe: 1m.',
  }),
  symbol: Flags.string({
    description: 'What to trade, several with commas. Default: what the first file says, else its name.',
  }),
  from: Flags.string({
    description: 'First moment to trade; bars before it warm the strategy up.',
    helpValue: '<time>',
  }),
  to: Flags.string({ description: 'Bars that begin then or later are left out.', helpValue: '<time>' }),
  cash: Flags.string({
    description: 'What the account begins with. Default: CAPITAL where it is set, else 10000.',
    helpValue: '<amount>',
  }),
  size: Flags.string({
    description:
      'Size of an entry: units of what is traded, or per cent of the equity such as 100%. Default: as ALPHA_SIZING and ALPHA_ORDER_SIZE say where they are set, else the equity divided by the strategies and symbols.',
  }),
  limits: Flags.string({
    description:
      'Which limits of the gate hold. set: those that a flag, the environment or alpha.config gives. engine: those and the defaults of `alpha engine`. none: none.',
    options: ['set', 'engine', 'none'],
    default: 'set',
  }),
  rules: Flags.string({
    description:
      'Ticks, sizes and fees where no flag says them. exchange: those of --exchange, of symbols that it lists. none: such as stand in no way.',
    options: ['exchange', 'none'],
    default: 'exchange',
  }),
  fill: Flags.string({
    description:
      'What orders trade with. Bars: bar-path (default) or next-open. Events: book-walk (default), top-of-book, or trades (default without books).',
    options: ['bar-path', 'next-open', 'book-walk', 'top-of-book', 'trades'],
  }),
  queue: Flags.string({
    description: 'Recorded books: when a resting order fills that the market only touches. Default: conservative.',
    options: ['through', 'conservative', 'proportional'],
  }),
  latency: Flags.string({
    description:
      'Events: how long market data, orders and answers take: none, assumed (default), legs in milliseconds, or a file of alpha latency. feed=recorded: market data come when the recording says, the rest is as said behind a comma.',
    helpValue: '<feed=20,order=50-150,answer=80~0.4|file>',
  }),
  slippage: Flags.string({
    description: 'How much worse than the bar market orders and stops fill. Default: 0.',
    helpValue: '<fraction>',
  }),
  'slippage-on': Flags.string({
    description: 'Which orders it makes worse.',
    options: ['all', 'entries'],
    default: 'all',
  }),
  'fee-rate': perSymbol('Fee of a taker, of the value of each fill.', '<[symbol=]fraction>'),
  'maker-fee-rate': perSymbol(
    'Fee of a resting order. Default: as --fee-rate where that is given.',
    '<[symbol=]fraction>',
  ),
  'fee-rounding': Flags.string({
    description: 'How the fee of each fill becomes whole units of the quote currency: GMO Coin takes whole yen.',
    options: ['none', 'nearest', 'towards_zero'],
    default: 'none',
  }),
  kind: perSymbol(
    'spot: what is bought is paid for, nothing is sold short. leverage: both sides, at twice the cash.',
    '<[symbol=]spot|leverage>',
  ),
  'leverage-rules': Flags.string({
    description:
      'gmo: positions pay 0.04 % a night and are closed by force when they lose half their margin. none: neither.',
    options: ['gmo', 'none'],
    default: 'gmo',
  }),
  'tick-size': perSymbol('Prices of stops and limits are multiples of it.', '<[symbol=]number>'),
  'size-step': perSymbol('Sizes are multiples of it, and at least it.', '<[symbol=]number>'),
  columns: Flags.string({
    description: 'Columns without common names, by name or number: time=Tag,open=Erster,close=5.',
    helpValue: '<field=column,…>',
  }),
  'time-zone': Flags.string({
    description: 'Of dates that do not say theirs.',
    default: 'UTC',
    helpValue: '<+hh:mm>',
  }),
  'time-is': Flags.string({
    description: 'Whether a row bears the time its bar opens or closes.',
    options: ['open', 'close'],
    default: 'open',
  }),
  'bad-rows': Flags.string({
    description: 'Refuse a file that has them, or leave them out.',
    options: ['refuse', 'skip'],
    default: 'refuse',
  }),
  'days-per-year': Flags.integer({
    description: 'For yearly figures. Default: 365 when weekends trade, else 252.',
    min: 1,
  }),
  ...settingFlags([
    'exchange',
    'strategyParams',
    'timeframe',
    'stopLossPct',
    'takeProfitPct',
    'trailPct',
    'orderSize',
    'sizing',
    'sizingPct',
    'sizeByConfidence',
    'capital',
    ...LIMIT_SETTINGS,
  ]),
};

/** Without the flags that are the run's own, and mean something else where they are settings: those of paper trading, and one strategy. */
export function settingsAmong<Given extends Readonly<Record<string, unknown>>>(flags: Given) {
  const { fill: _fill, latency: _latency, queue: _queue, strategy: _strategy, ...settings } = flags;
  return settings;
}

/** A value for all symbols, or `SYMBOL=value` for one. */
function perSymbol(description: string, helpValue: string) {
  return Flags.string({ description, helpValue, multiple: true, multipleNonGreedy: true });
}
