import type { BarClose, DataProvenance, PriceSketch, ReportStrategy } from '@alpha-engine/backtest';
import { type Bar, type EpochMs, isTimed, parseTimeframe, type Store } from '@alpha-engine/core';
import { barPages } from '../bar-pages.js';

interface Wanted {
  readonly exchange: string;
  readonly instances: readonly ReportStrategy[];
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Closes of the bars that the strategies saw, of each symbol those of one time frame; the sketch sees them all. */
export async function readBarsOf(store: Store, { exchange, from, instances, to }: Wanted, sketch: PriceSketch) {
  const closes = new Map<string, readonly BarClose[]>();
  const data: DataProvenance[] = [];
  for (const { symbol, timeframe: text } of instances) {
    if (closes.has(symbol)) continue;
    const timeframe = parseTimeframe(text);
    const timed = isTimed(timeframe);
    const list: BarClose[] = [];
    const gaps = { count: 0, longestMs: 0 };
    let last: Bar | undefined;
    for await (const page of barPages(store, { exchange, symbol, timeframe, from, to })) {
      for (const bar of page) {
        // Between bars of trades, volume or value there is always some time.
        if (timed && last !== undefined && bar.openTs > last.closeTs) {
          gaps.count += 1;
          gaps.longestMs = Math.max(gaps.longestMs, bar.openTs - last.closeTs);
        }
        sketch.take(bar);
        list.push({ ts: bar.closeTs, price: bar.close });
        last = bar;
      }
    }
    closes.set(symbol, list);
    data.push({
      file: `the database: ${symbol} ${timeframe}`,
      kind: 'bars',
      sha256: null,
      rows: list.length,
      used: list.length,
      firstTs: list[0]?.ts ?? null,
      lastTs: list.at(-1)?.ts ?? null,
      columns: [],
      faults: [],
      gaps,
      notes: [],
    });
  }
  return { closes, data };
}
