import type { DataKind, FillModel } from '@alpha-engine/backtest';
import type { FeeRounding, QueueModel } from '@alpha-engine/core/simulation';
import type { LoadedConfig } from '../../config/load-config.js';

/** As the flags say it; texts are understood by the service. A list says a value for all symbols, or `SYMBOL=value` for one. */
export interface BacktestRequest extends LoadedConfig {
  /** Where strategy and data files are looked for. */
  readonly folder: string;
  /** `[label=]strategy[@SYMBOL,…]` each; none: the one of the settings. */
  readonly strategies: readonly string[];
  /** `[SYMBOL=]file` each, or one of `archive`, `archive:<folder>`, `bus`, `redis://…`, `db`, `db:events`. */
  readonly data: readonly string[];
  readonly dataKind: DataKind | 'auto';
  /** Of the bars in files, where they are shorter than those of the run. */
  readonly dataTimeframe: string | undefined;
  readonly symbol: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly cash: string | undefined;
  readonly size: string | undefined;
  /** Undefined: what suits the data. */
  readonly fill: FillModel | undefined;
  readonly queue: QueueModel | undefined;
  readonly latency: string | undefined;
  readonly slippage: string | undefined;
  readonly slippageOn: 'all' | 'entries';
  readonly limits: 'set' | 'engine' | 'none';
  readonly rules: 'exchange' | 'none';
  readonly kind: readonly string[];
  readonly feeRate: readonly string[];
  readonly makerFeeRate: readonly string[];
  readonly feeRounding: FeeRounding;
  readonly tickSize: readonly string[];
  readonly sizeStep: readonly string[];
  readonly leverageRules: 'gmo' | 'none';
  readonly columns: string | undefined;
  readonly timeZone: string;
  readonly timeIs: 'open' | 'close';
  readonly badRows: 'refuse' | 'skip';
  readonly daysPerYear: number | undefined;
}
