import { Decimal, type Instrument } from '@alpha-engine/core';

/** symbol, minimum, maximum, step, tick, taker fee, maker fee: what /v1/symbols answered in 2026. */
const ROWS = [
  ['BTC', '0.00001', '5', '0.00001', '1', '0.0005', '-0.0001'],
  ['ETH', '0.001', '100', '0.0001', '1', '0.0005', '-0.0001'],
  ['XRP', '1', '100000', '1', '0.001', '0.0005', '-0.0001'],
  ['BCH', '0.01', '100', '0.001', '1', '0.0009', '-0.0003'],
  ['LTC', '0.1', '500', '0.01', '1', '0.0009', '-0.0003'],
  ['XLM', '1', '50000', '1', '0.001', '0.0009', '-0.0003'],
  ['DOT', '0.1', '5000', '0.1', '1', '0.0009', '-0.0003'],
  ['ATOM', '0.01', '2000', '0.01', '1', '0.0009', '-0.0003'],
  ['FCR', '10', '2000000', '1', '0.001', '0.0009', '-0.0003'],
  ['ADA', '1', '50000', '1', '0.001', '0.0009', '-0.0003'],
  ['LINK', '0.1', '2000', '0.1', '1', '0.0009', '-0.0003'],
  ['DOGE', '10', '200000', '1', '0.001', '0.0009', '-0.0003'],
  ['SOL', '0.01', '500', '0.01', '1', '0.0009', '-0.0003'],
  ['ASTR', '10', '50000', '1', '0.001', '0.0009', '-0.0003'],
  ['NAC', '0.1', '1000', '0.1', '0.001', '0.0009', '-0.0003'],
  ['SUI', '0.1', '5000', '0.1', '0.001', '0.0009', '-0.0003'],
  // The maximum of WILD is not known; this one is ours.
  ['WILD', '1', '50000', '1', '0.001', '0.0009', '-0.0003'],
  ['BTC_JPY', '0.001', '5', '0.001', '1', '0', '0'],
  ['ETH_JPY', '0.01', '100', '0.01', '1', '0', '0'],
  ['BCH_JPY', '0.1', '100', '0.1', '1', '0', '0'],
  ['LTC_JPY', '1', '500', '1', '1', '0', '0'],
  ['XRP_JPY', '10', '100000', '10', '0.001', '0', '0'],
  ['DOT_JPY', '1', '5000', '1', '1', '0.0003', '0'],
  ['ATOM_JPY', '1', '2000', '1', '1', '0.0003', '0'],
  ['ADA_JPY', '10', '50000', '10', '0.001', '0.0003', '0'],
  ['LINK_JPY', '1', '2000', '1', '1', '0.0003', '0'],
  ['DOGE_JPY', '10', '200000', '10', '0.001', '0.0003', '0'],
  ['SOL_JPY', '0.1', '500', '0.1', '1', '0.0003', '0'],
  ['SUI_JPY', '1', '5000', '1', '0.001', '0.0003', '0'],
] as const;

/** Rows of `GET /v1/symbols`. */
export const SYMBOL_ROWS = ROWS.map(([symbol, minOrderSize, maxOrderSize, sizeStep, tickSize, takerFee, makerFee]) => ({
  symbol,
  minOrderSize,
  maxOrderSize,
  sizeStep,
  tickSize,
  takerFee,
  makerFee,
}));

/** The same rules for the matching engine. Leverage symbols are those that end in `_JPY`. */
export const INSTRUMENTS: readonly Instrument[] = ROWS.map(([symbol, min, max, step, tick, taker, maker]) => ({
  exchange: 'gmo',
  symbol,
  kind: symbol.endsWith('_JPY') ? 'leverage' : 'spot',
  base: symbol.replace(/_JPY$/, ''),
  quote: 'JPY',
  tickSize: Decimal.of(tick),
  sizeStep: Decimal.of(step),
  minSize: Decimal.of(min),
  maxSize: Decimal.of(max),
  takerFeeRate: Decimal.of(taker),
  makerFeeRate: Decimal.of(maker),
}));

const NAMES: ReadonlySet<string> = new Set(ROWS.map(([symbol]) => symbol));

export function isSymbol(text: unknown): text is string {
  return typeof text === 'string' && NAMES.has(text);
}

/** Every asset of the account page. */
export const ASSETS: readonly string[] = ['JPY', ...new Set(INSTRUMENTS.map(({ base }) => base))];

/** Not on the list of symbols that take SOK; of SUI_JPY nothing is known. */
const NO_POST_ONLY: ReadonlySet<string> = new Set(['ETH_JPY', 'BCH_JPY', 'LTC_JPY', 'XRP_JPY']);

export function takesPostOnly(symbol: string): boolean {
  return !NO_POST_ONLY.has(symbol);
}
