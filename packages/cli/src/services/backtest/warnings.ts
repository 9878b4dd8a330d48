import { type BacktestOptions, type BacktestResult, type DataProvenance, seemLonger } from '@alpha-engine/backtest';
import type { TradedInstrument } from './instruments.js';
import { perSymbol } from './per-symbol.js';
import type { BacktestRequest } from './request.js';

const PROTECTS: ReadonlySet<string> = new Set(['stop_loss', 'take_profit', 'trailing_stop']);

/** What makes a result look better than it is, in plain sentences; printed in front of it. */
export function warningsOf(
  request: Pick<BacktestRequest, 'feeRate' | 'makerFeeRate' | 'slippage'>,
  fill: BacktestOptions['fill'],
  traded: readonly TradedInstrument[],
  result: Pick<BacktestResult, 'data' | 'denials' | 'orders'>,
): readonly string[] {
  return [...warningsBefore(request, fill, traded, result.data), ...untraded(result), ...unplaced(result.orders)];
}

/** What can be said before anything has run. */
export function warningsBefore(
  request: Pick<BacktestRequest, 'feeRate' | 'makerFeeRate' | 'slippage'>,
  fill: BacktestOptions['fill'],
  traded: readonly TradedInstrument[],
  data: readonly DataProvenance[],
): readonly string[] {
  return [...freeTrading(request, fill, traded), ...longerBars(data)];
}

/** Bars taken for shorter ones end before they are over: a decision on their close is one of the future. */
function longerBars(data: readonly DataProvenance[]): readonly string[] {
  return data
    .filter(seemLonger)
    .map(
      ({ file }) =>
        `There is a gap behind every bar of ${file}: its bars seem longer than was said with --timeframe or --data-timeframe.`,
    );
}

/** What the gate refused throughout says nothing of the strategy. */
function untraded({ denials, orders }: Pick<BacktestResult, 'denials' | 'orders'>): readonly string[] {
  const traded = new Set(orders.map(({ terms }) => terms.symbol));
  const symbols = new Set(denials.map(({ symbol }) => symbol).filter((symbol) => !traded.has(symbol)));
  return [...symbols].map((symbol) => {
    const all = denials.filter((denial) => denial.symbol === symbol);
    return `${symbol} was not traded at all, because all its ${all.length} orders were denied, the first with ${all[0]?.data.code}: ${all[0]?.data.message}`;
  });
}

/** Recorded trades and books have a spread; on bars nothing but fees and slippage makes trading cost something. */
function freeTrading(
  { feeRate, makerFeeRate, slippage }: Pick<BacktestRequest, 'feeRate' | 'makerFeeRate' | 'slippage'>,
  { model }: BacktestOptions['fill'],
  traded: readonly TradedInstrument[],
): readonly string[] {
  const ofBars = model === 'bar-path' || model === 'next-open';
  if (ofBars && slippage !== undefined) return [];
  const symbols = traded.map(({ instrument }) => instrument.symbol);
  const said = [perSymbol('--fee-rate', feeRate, symbols), perSymbol('--maker-fee-rate', makerFeeRate, symbols)];
  const free = traded
    .filter(({ rulesOf }) => ofBars || rulesOf === null)
    .filter(({ instrument: { makerFeeRate: maker, takerFeeRate: taker } }) => maker.isZero() && taker.isZero())
    .map(({ instrument }) => instrument.symbol)
    .filter((symbol) => said.every((of) => of(symbol) === undefined));
  if (free.length === 0) return [];
  const [what, flags] = ofBars
    ? ['neither a fee nor a slippage', '--fee-rate or --slippage']
    : ['no fee', '--fee-rate'];
  return [`Trading ${free.join(', ')} costs nothing here: ${what} is set. Say ${flags}, 0 where that is meant.`];
}

/** A position whose stop the exchange would not have is closed only by what the executor sees. */
function unplaced(orders: BacktestResult['orders']): readonly string[] {
  const refused = orders.filter(
    ({ status, terms: { purpose } }) => PROTECTS.has(purpose) && (status === 'REJECTED' || status === 'VOID'),
  );
  const [first] = refused;
  if (first === undefined) return [];
  const { purpose, symbol } = first.terms;
  const why = 'reason' in first ? first.reason : '';
  return [
    `${refused.length} orders that protect positions could not be placed, the first a ${purpose.replace('_', ' ')} on ${symbol}: ${why}. Those positions were watched, not protected at the exchange.`,
  ];
}
