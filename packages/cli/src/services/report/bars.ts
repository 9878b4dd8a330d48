import type { BarClose, DataProvenance, PriceSketch, ReportStrategy } from '@alpha-engine/backtest';
import { type Bar, type EpochMs, parseTimeframe, type Store } from '@alpha-engine/core';

const PAGE = 10_000;

interface Wanted {
  readonly exchange: string;
  readonly instances: readonly ReportStrategy[];
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** Closes of the bars that the strategies saw, of each symbol those of one time frame; the sketch sees them all. */
export async function readBarsOf(
  store: Store,
  location: string,
  { exchange, from, instances, to }: Wanted,
  sketch: PriceSketch,
) {
  const closes = new Map<string, readonly BarClose[]>();
  const data: DataProvenance[] = [];
  for (const { symbol, timeframe: text } of instances) {
    const timeframe = parseTimeframe(text);
    if (closes.has(symbol) || timeframe === null) continue;
    const list: BarClose[] = [];
    const gaps = { count: 0, longestMs: 0 };
    let last: Bar | undefined;
    for (let next = from; ; ) {
      const page = await store.bars({ exchange, symbol, timeframe, from: next, to, limit: PAGE });
      for (const bar of page) {
        if (last !== undefined && bar.openTs > last.closeTs) {
          gaps.count += 1;
          gaps.longestMs = Math.max(gaps.longestMs, bar.openTs - last.closeTs);
        }
        sketch.take(bar);
        list.push({ ts: bar.closeTs, price: bar.close });
        last = bar;
      }
      if (page.length < PAGE) break;
      next = (page.at(-1) as Bar).openTs + 1;
    }
    closes.set(symbol, list);
    data.push({
      file: `bars of ${symbol} ${timeframe} in ${location}`,
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
