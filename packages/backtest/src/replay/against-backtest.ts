import {
  AlphaError,
  type Bar,
  BarReader,
  type EpochMs,
  type ExecutionLogEntry,
  type ExecutorConfig,
  type FillRecord,
  type InstanceSpec,
  readConfig,
  type SignalEvent,
  type Store,
  type StrategyLogEntry,
} from '@alpha-engine/core';
import type { EventSource } from '../data/event-source.js';
import type { FillOptions } from '../fills/fill-model.js';
import type { BacktestOptions } from '../run/backtest-options.js';
import { TapeRun } from '../run/tape-run.js';
import { assertRan, beginsLater } from './asked-time.js';
import { type AgainstBacktest, compareWithBacktest } from './compare-with-backtest.js';
import { InOrder } from './in-order.js';
import { firstBatch, logRows } from './log-rows.js';
import { recordedFill } from './recorded-fill.js';
import type { ReplayOptions } from './replay-options.js';
import { clockOf, marketOf } from './session-events.js';

export interface AgainstBacktestOptions extends Omit<ReplayOptions, 'changed'> {
  /** The market as others recorded it, in place of what the session read. */
  readonly market?: EventSource;
}

/**
 * Runs the market that a session read through a back-test with the session's own strategies, sizes and limits, and lists what differs, by
 * cause. Throws `REPLAY_INCOMPLETE`, what another source of the market throws, and `DATA_INVALID` where nothing was read.
 */
export async function againstBacktest(options: AgainstBacktestOptions): Promise<AgainstBacktest> {
  const { entries, exchange, from, signal, store, to } = options;
  const brain = `strategy:${exchange}`;
  await assertRan(options, [brain]);
  const config = await recordedConfig(store, exchange, from);
  const first = await firstBatch(store, brain, from);
  const last = (await store.checkpoint(brain))?.batch ?? 0;
  const rows = () => logRows(store, brain, { first, last, to });
  const bars = new BarReader(store, exchange);
  const signals: SignalEvent[] = [];
  const fills: FillRecord[] = [];
  const closed: Bar[] = [];
  const series = new Map<string, Pick<Bar, 'exchange' | 'symbol' | 'timeframe'>>();
  let run: TapeRun | null = null;
  let recorded = recordedFill(undefined);
  let fromTs: EpochMs | null = null;
  for await (const { inputs, ts } of rows()) {
    signal?.throwIfAborted();
    fromTs ??= ts;
    const { began, fed } = inputs as StrategyLogEntry;
    if (run === null && began !== undefined) {
      recorded = recordedFill(began.session);
      const instances = await options.instances(began);
      run = new TapeRun(backtestOptions(config, instances, recorded.fill));
      for (const { exchange, symbol } of instances) {
        for (const timeframe of run.engine.timeframes(symbol)) {
          series.set(`${symbol} ${timeframe}`, { exchange, symbol, timeframe });
        }
      }
      run.record.hear = {
        signal: (event) => signals.push(event),
        fill: (fill) => fills.push(fill),
        bar: (bar) => closed.push(bar),
      };
    }
    for (const input of fed) if (input.kind === 'warmup') run?.engine.warm(await bars.get(input));
  }

  let lastClock = 0;
  if (options.market !== undefined) {
    for await (const row of rows()) lastClock = clockOf(row) ?? lastClock;
    for await (const events of options.market.events()) {
      signal?.throwIfAborted();
      for (const event of events) if (event.ts <= lastClock) run?.take(event);
    }
  } else {
    // What happened is taken in its order, and no more of it is kept than that needs.
    const market = new InOrder();
    for await (const row of rows()) {
      signal?.throwIfAborted();
      for (const event of market.add(await marketOf(row, entries))) run?.take(event);
      lastClock = clockOf(row) ?? lastClock;
    }
    for (const event of market.rest()) run?.take(event);
  }
  if (run === null || run.firstTs === null) {
    throw new AlphaError('DATA_INVALID', 'The session read nothing of the market; there is nothing to back-test.');
  }
  // The clock of the session went on after the last event.
  run.pass(lastClock);
  run.end();
  const { denials } = run.record;
  const result = await compareWithBacktest(store, {
    ...{ signals, denials, orders: run.record.orders(), fills, bars: closed, series: [...series.values()] },
    ...{ from, to },
  });
  const begins = fromTs === null ? [] : beginsLater(from, brain, fromTs);
  return { ...result, assumptions: [...begins, ...recorded.notes, ...run.assumptions()] };
}

function backtestOptions(
  config: ExecutorConfig,
  instances: readonly InstanceSpec[],
  fill: FillOptions,
): BacktestOptions {
  const { capital, instruments, limits, maxDrawdown, maxPositionSize, orderSize, protect, sizing } = config;
  return {
    ...{ instances, instruments, cash: capital, maxDrawdown, maxPositionSize },
    sizing: sizing ?? { kind: 'fixed', size: orderSize, byConfidence: false },
    fill,
    // No session has others: the one exchange that is traded live has these, and so has every account on paper, because the books of the
    // executor know no other nights.
    leverageRules: 'gmo',
    feeRounding: 'nearest',
    ...(protect && { protect }),
    ...(limits && { limits }),
  };
}

/** What the executor of the session was told of its account. */
async function recordedConfig(store: Store, exchange: string, from: number | undefined): Promise<ExecutorConfig> {
  const brain = `execution:${exchange}`;
  const first = await firstBatch(store, brain, from);
  for await (const { inputs } of logRows(store, brain, { first, last: first, to: undefined })) {
    const { began } = inputs as ExecutionLogEntry;
    if (began !== undefined) return readConfig(began.config);
  }
  throw new AlphaError('REPLAY_INCOMPLETE', `The input log of ${brain} has no beginning any more.`);
}
