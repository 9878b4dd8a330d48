import { type Bar, compareBarKeys } from '../market/bar.js';
import type { Timeframe } from '../market/timeframe.js';
import type { FurtherBars } from './define-strategy.js';
import type { BarProgress } from './instance-snapshot.js';

/** Bars of one timeframe as an instance reads them: each once, in order. */
export class SeriesReader {
  readonly timeframe: Timeframe;
  readonly listener: Partial<FurtherBars>;
  readonly #warmup: number;
  #bars: number;
  #last: { readonly openTs: number; readonly ordinal?: number };

  constructor(
    timeframe: Timeframe,
    listener: Partial<FurtherBars>,
    progress: BarProgress = { bars: 0, lastOpenTs: -1 },
  ) {
    this.timeframe = timeframe;
    this.listener = listener;
    this.#warmup = listener.warmup ?? 0;
    this.#bars = progress.bars;
    this.#last = { openTs: progress.lastOpenTs, ordinal: progress.lastOrdinal ?? 0 };
  }

  /** Bars still wanted before the first decision. */
  get missing(): number {
    return Math.max(0, this.#warmup - this.#bars);
  }

  isNew(bar: Bar): boolean {
    return compareBarKeys(bar, this.#last) > 0;
  }

  count(bar: Bar): void {
    this.#last = bar;
    this.#bars += 1;
  }

  progress(): BarProgress {
    const { openTs, ordinal = 0 } = this.#last;
    return { bars: this.#bars, lastOpenTs: openTs, ...(ordinal > 0 && { lastOrdinal: ordinal }) };
  }
}
