import { Decimal, type Instrument, type Sizing } from '@alpha-engine/core';
import { positiveIn, sizingIn } from '../backtest-values.js';
import { sizingOf } from '../engine-settings.js';
import { usage } from './per-symbol.js';
import type { BacktestRequest } from './request.js';

const SIZE_SETTINGS = ['orderSize', 'sizing', 'sizingPct', 'sizeByConfidence'] as const;

/** `--cash`, else the capital of the settings where it is set. Throws `USAGE`. */
export function cashOf({ cash, config, sources }: BacktestRequest): Decimal {
  if (cash !== undefined) return positiveIn('--cash', cash);
  return sources.capital === 'default' ? Decimal.of('10000') : config.capital;
}

/** `--size`, else as the engine's settings say where any is set, else an equal share of the equity for each of `instances`. Throws `USAGE`. */
export function entrySizing(request: BacktestRequest, instruments: readonly Instrument[], instances: number): Sizing {
  const { config, size, sources } = request;
  if (size === undefined && SIZE_SETTINGS.some((key) => sources[key] !== 'default')) return sizingOf(config);
  const takerFee = instruments.reduce((most, { takerFeeRate }) => Decimal.max(most, takerFeeRate), Decimal.zero);
  const sizing = sizingIn(size ?? `${Decimal.of(100).dividedBy(instances).floorTo('0.000001')}%`, takerFee);
  if (sizing.kind === 'fixed') refuseTooSmall(sizing.size, instruments);
  return sizing;
}

/** Every entry would be denied. */
function refuseTooSmall(size: Decimal, instruments: readonly Instrument[]): void {
  const coarse = instruments.find(({ minSize }) => size.lt(minSize));
  if (coarse === undefined) return;
  throw usage(
    `--size is ${size}, and the smallest order of ${coarse.symbol} is ${coarse.minSize}: no entry could pass. Give more, or another --size-step.`,
  );
}
