import { type BarSource, type DataProvenance, mergeBars } from '@alpha-engine/backtest';
import {
  AlphaError,
  type Bar,
  type BarQuery,
  type EpochMs,
  isTimed,
  type Store,
  type Timeframe,
} from '@alpha-engine/core';
import type { Config } from '../../config/schema.js';
import { barPages } from '../bar-pages.js';
import { openRecords } from '../open-records.js';

export interface StoredBarsQuery {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Bars that open then or later are left out. */
  readonly to?: EpochMs;
}

const PAGE = 5_000;

/** Bars that an engine wrote into the database, by pages. The database is open while they are read, once for all symbols. */
export function storedBars(config: Config, { symbols, ...query }: StoredBarsQuery): BarSource {
  let source: BarSource | null = null;
  async function* bars(): AsyncGenerator<readonly Bar[]> {
    const { store, close } = await openRecords(config);
    try {
      source = mergeBars(symbols.map((symbol) => storedSeries(store, { ...query, symbol })));
      yield* source.bars();
    } finally {
      await close();
    }
  }
  return { bars, provenance: () => source?.provenance() ?? [] };
}

function storedSeries(store: Store, query: Omit<BarQuery, 'from' | 'limit'>): BarSource {
  const { exchange, symbol, timeframe } = query;
  const timed = isTimed(timeframe);
  let found: DataProvenance | null = null;
  async function* bars(): AsyncGenerator<readonly Bar[]> {
    const seen: Seen = { bars: 0, firstTs: null, lastTs: null, gaps: { count: 0, longestMs: 0 } };
    for await (const page of barPages(store, { ...query, from: 0 }, PAGE)) {
      for (const bar of page) see(seen, bar, timed);
      yield page;
    }
    found = provenanceOf(`the database: ${symbol} ${timeframe}`, seen);
    if (seen.bars > 0) return;
    throw new AlphaError(
      'DATA_INVALID',
      `The database holds no ${timeframe} bar of ${symbol} of ${exchange} in this time. An engine stores the bars of its own --timeframe.`,
      { context: { exchange, symbol, timeframe } },
    );
  }
  return { bars, provenance: () => (found === null ? [] : [found]) };
}

interface Seen {
  bars: number;
  firstTs: EpochMs | null;
  lastTs: EpochMs | null;
  readonly gaps: { count: number; longestMs: number };
}

/** Between bars of trades, volume or value there is always some time. */
function see(seen: Seen, { openTs, closeTs }: Bar, timed: boolean): void {
  const gap = seen.lastTs === null || !timed ? 0 : openTs - seen.lastTs - (closeTs - openTs);
  if (gap > 0) {
    seen.gaps.count += 1;
    seen.gaps.longestMs = Math.max(seen.gaps.longestMs, gap);
  }
  seen.bars += 1;
  seen.firstTs ??= openTs;
  seen.lastTs = openTs;
}

function provenanceOf(file: string, { bars, firstTs, lastTs, gaps }: Seen): DataProvenance {
  const facts = { kind: 'bars' as const, sha256: null, columns: [], faults: [], notes: [] };
  return { file, ...facts, rows: bars, used: bars, firstTs, lastTs, gaps };
}
