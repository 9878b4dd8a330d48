import { type InstanceSpec, type RunnerInput, StrategyRunner } from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';

const SYMBOLS = 1000;
const MINUTES = 60;
const START_TS = Date.UTC(2026, 8, 23, 3);

/** Bytes of heap that a strategy brain keeps for a symbol, measured on many that have seen an hour. Needs `--expose-gc`. */
export function symbolBytes(): number {
  const symbols = Array.from({ length: SYMBOLS }, (_, n) => `SYMBOL_${n}`);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const instances = symbols.map((symbol): InstanceSpec => {
    return { strategy: maCross, params: {}, exchange: 'gmo', symbol, timeframe: '1m', codeHash: 'bench' };
  });
  const runner = new StrategyRunner({ instances, nextBatch: 1 });
  for (let minute = 0; minute < MINUTES; minute++) runner.step(symbols.map((symbol) => tradeOf(symbol, minute)));
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  if (runner.needsRebuildSince() !== null) throw new Error('A new runner needs no rebuilding.');
  return bytes / SYMBOLS;
}

function tradeOf(symbol: string, minute: number): RunnerInput {
  const data = { price: 6_000_000 + minute, size: 0.01, side: 'buy' as const };
  const ts = START_TS + minute * 60_000;
  return { kind: 'market', event: { type: 'trade', exchange: 'gmo', symbol, ts, seq: minute + 1, data } };
}
