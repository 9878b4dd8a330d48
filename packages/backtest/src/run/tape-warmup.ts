import {
  type BarBuilder,
  CLOCK_GRACE_MS,
  type EpochMs,
  type Instrument,
  type MarketEvent,
  openBarBuilder,
} from '@alpha-engine/core';
import type { VirtualEngine } from './virtual-engine.js';

/** The bars of the trades from before a run begins: they warm the strategies up, and nothing is decided on them. */
export class TapeWarmup {
  readonly #engine: VirtualEngine;
  readonly #builders: ReadonlyMap<string, readonly BarBuilder[]>;

  constructor(engine: VirtualEngine, instruments: readonly Instrument[]) {
    this.#engine = engine;
    this.#builders = new Map(
      instruments.map(({ exchange, symbol }) => [
        symbol,
        engine.timeframes(symbol).map((timeframe) => openBarBuilder({ exchange, symbol, timeframe })),
      ]),
    );
  }

  take(event: MarketEvent): void {
    if (event.type !== 'trade') return;
    for (const builder of this.#builders.get(event.symbol) ?? []) {
      const bar = builder.add(event.ts, event.data.price, event.data.size);
      if (bar !== null && bar !== 'late') this.#engine.warm(bar);
    }
  }

  /** The run begins at `from`: what had closed by then is closed. */
  end(from: EpochMs): void {
    const ts = from + CLOCK_GRACE_MS;
    for (const builders of this.#builders.values()) {
      for (const builder of builders) {
        const bar = builder.closeByClock(ts, ts);
        if (bar !== null) this.#engine.warm(bar);
      }
    }
  }
}
