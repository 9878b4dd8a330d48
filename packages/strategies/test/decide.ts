import { type Bar, type SignalEvent, type Strategy, StrategyRunner } from '@alpha-engine/core';

/** A bar from its high, low and close; a single number stands for all three. */
export type Shape = number | readonly [high: number, low: number, close: number];

const MINUTE = 60_000;

/** One line a decision: `<number of the bar from 1> <action> <reason>`. */
export function decide(strategy: Strategy, params: unknown, shapes: readonly Shape[]): string[] {
  return signals(strategy, params, shapes).map(
    ({ ts, action, meta }) => `${ts / MINUTE} ${action} ${String(meta?.reason)}`,
  );
}

/** Builds the bars out of trades, so that what decides here is what decides live. */
export function signals(strategy: Strategy, params: unknown, shapes: readonly Shape[]): SignalEvent[] {
  const runner = new StrategyRunner({
    instances: [{ strategy, params, exchange: 'gmo', symbol: 'BTC_JPY', timeframe: '1m', codeHash: 'test' }],
    nextBatch: 1,
  });
  const prices = shapes.map((shape) => (typeof shape === 'number' ? [shape] : [shape[0], shape[1], shape[2]]));
  // One trade more closes the last bar.
  const trades = [...prices, [1]].flatMap((inBar, bar) =>
    inBar.map((price, place) => ({
      type: 'trade' as const,
      exchange: 'gmo',
      symbol: 'BTC_JPY',
      ts: bar * MINUTE + place,
      data: { price, size: 1, side: 'buy' as const },
    })),
  );
  const step = runner.step(trades.map((event) => ({ kind: 'market', event })));
  const failed = step.notices.find(({ kind }) => kind === 'strategy_failed');
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
  const closes = step.bars.map(({ close }: Bar) => close);
  if (closes.length !== shapes.length) throw new Error(`${closes.length} bars of ${shapes.length} were built.`);
  return step.signals.map(({ event }) => event);
}
