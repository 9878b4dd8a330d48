import { Decimal, type Instrument } from '@alpha-engine/core';
import { fractionIn, positiveIn } from '../backtest-values.js';
import { exchangeAdapter } from '../exchanges.js';
import { perSymbol, usage } from './per-symbol.js';
import type { BacktestRequest } from './request.js';

/** More than anybody orders. */
const MAX_SIZE = Decimal.of('1000000000000');

/** Half of the value, as GMO Coin asks of private customers. */
const MARGIN_RATE = Decimal.of('0.5');

export interface TradedInstrument {
  readonly instrument: Instrument;
  /** Whose rules they are where no flag says otherwise; null: nobody's. */
  readonly rulesOf: string | null;
}

/**
 * Trading rules and fees of every symbol: those of the exchange where it lists the symbol, else coarse ones that stand in nobody's way, and
 * in both the flags first. Throws `USAGE`.
 */
export async function instrumentsOf(
  request: BacktestRequest,
  symbols: readonly string[],
): Promise<readonly TradedInstrument[]> {
  const { exchange } = request.config;
  const listed = request.rules === 'none' ? [] : ((await exchangeAdapter(exchange)).knownInstruments ?? []);
  const quote = listed.find(({ symbol }) => symbols.includes(symbol))?.quote ?? 'cash';
  const said = {
    kind: perSymbol('--kind', request.kind, symbols),
    takerFee: perSymbol('--fee-rate', request.feeRate, symbols),
    makerFee: perSymbol('--maker-fee-rate', request.makerFeeRate, symbols),
    tickSize: perSymbol('--tick-size', request.tickSize, symbols),
    sizeStep: perSymbol('--size-step', request.sizeStep, symbols),
  };
  return symbols.map((symbol) => {
    const known = listed.find((instrument) => instrument.symbol === symbol);
    const rules = known ?? generalRules(exchange, symbol, quote);
    const [kind, takerFee, makerFee] = [said.kind(symbol), said.takerFee(symbol), said.makerFee(symbol)];
    const [tickSize, sizeStep] = [said.tickSize(symbol), said.sizeStep(symbol)];
    const taker = takerFee === undefined ? undefined : fractionIn('--fee-rate', takerFee);
    const step = sizeStep === undefined ? undefined : positiveIn('--size-step', sizeStep);
    const instrument = {
      ...rules,
      ...(kind !== undefined && { kind: kindIn(kind) }),
      ...(tickSize !== undefined && { tickSize: positiveIn('--tick-size', tickSize) }),
      ...(step !== undefined && { sizeStep: step, minSize: step }),
      // Who says one fee and means both need not say the other.
      ...(taker !== undefined && { takerFeeRate: taker, makerFeeRate: taker }),
      ...(makerFee !== undefined && { makerFeeRate: fractionIn('--maker-fee-rate', makerFee) }),
    };
    return {
      instrument: { ...instrument, ...(instrument.kind === 'leverage' && { marginRate: MARGIN_RATE }) },
      rulesOf: known === undefined ? null : exchange,
    };
  });
}

function generalRules(exchange: string, symbol: string, quote: string): Instrument {
  const sizeStep = Decimal.of('0.00000001');
  return {
    exchange,
    symbol,
    kind: 'spot',
    base: symbol,
    quote,
    // Fine enough for every currency and coin: a coarse one would put stops on the wrong side of a low price.
    tickSize: Decimal.of('0.00000001'),
    sizeStep,
    minSize: sizeStep,
    maxSize: MAX_SIZE,
    takerFeeRate: Decimal.zero,
    makerFeeRate: Decimal.zero,
  };
}

function kindIn(text: string): Instrument['kind'] {
  if (text === 'spot' || text === 'leverage') return text;
  throw usage(`--kind is "${text}", and should be spot or leverage.`);
}
