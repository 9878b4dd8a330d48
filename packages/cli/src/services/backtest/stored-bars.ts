import { type BarSource, type DataProvenance, mergeBars } from '@alpha-engine/backtest';
import { AlphaError, type Bar, type EpochMs, type Timeframe } from '@alpha-engine/core';
import type { Config } from '../../config/schema.js';
import { openRecords } from '../open-records.js';

export interface StoredBarsQuery {
  readonly exchange: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Bars that open then or later are left out. */
  readonly to?: EpochMs;
}

const PAGE = 5_000;

/** Bars that an engine wrote into the database, by pages. The database is open while they are read. */
export function storedBars(config: Config, { exchange, symbols, timeframe, to }: StoredBarsQuery): BarSource {
  return mergeBars(
    symbols.map((symbol) => {
      const query = { exchange, symbol, timeframe, ...(to !== undefined && { to }) };
      let found: DataProvenance | null = null;
      async function* bars(): AsyncGenerator<readonly Bar[]> {
        const { store, close } = await openRecords(config);
        const seen: Seen = { bars: 0, firstTs: null, lastTs: null, gaps: { count: 0, longestMs: 0 } };
        try {
          for (let from = 0; ; ) {
            const page = await store.bars({ ...query, from, limit: PAGE });
            if (page.length === 0) break;
            for (const bar of page) see(seen, bar);
            yield page;
            from = (seen.lastTs ?? 0) + 1;
          }
        } finally {
          await close();
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
    }),
  );
}

interface Seen {
  bars: number;
  firstTs: EpochMs | null;
  lastTs: EpochMs | null;
  readonly gaps: { count: number; longestMs: number };
}

function see(seen: Seen, { openTs, closeTs }: Bar): void {
  const gap = seen.lastTs === null ? 0 : openTs - seen.lastTs - (closeTs - openTs);
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
