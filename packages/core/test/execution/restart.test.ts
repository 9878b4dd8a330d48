import { AlphaError, Executor } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { Bench, BTC, BTC_JPY, configOf } from './bench.js';

it('refuses a checkpoint of another version', () => {
  const open = () => new Executor(configOf(), { version: 99 });
  expect(open).toThrow(AlphaError);
  expect(open).toThrow(/version 99/);
});

it('goes on counting events and keeps halts, marks and waiting signals', () => {
  const bench = new Bench().ready();
  const event = {
    type: 'control',
    exchange: 'gmo',
    symbol: '*',
    ts: bench.now,
    id: 'c',
    action: 'halt',
    reason: 'Lunch.',
  } as const;
  bench.feed({ kind: 'control', event });
  expect(bench.signal('enter_long', { id: 'one' }).events[0]?.seq).toBe(1);
  const again = new Bench(bench.config, bench.executor.snapshot());
  again.now = bench.now;
  expect(again.signal('enter_long', { id: 'two' }).events).toEqual([]);
  const snapshot = again.executor.snapshot();
  const third = new Bench(bench.config, snapshot);
  third.now = again.now;
  third.feed({ kind: 'clock' });
  expect(third.sweep().events).toMatchObject([{ type: 'denial', seq: 2, data: { signal_id: 'two', code: 'halted' } }]);
});

it('watches a symbol that is not traded any more while something of it is open', () => {
  const bench = new Bench().ready();
  bench.enter();
  const sweeps = (executor: Executor) =>
    executor
      .step([{ kind: 'clock', at: bench.at }])
      .actions.map((action) => (action.kind === 'sweep' ? action.symbol : action.kind));
  const spotOnly = configOf({ instruments: [BTC] });
  expect(sweeps(new Executor(spotOnly, bench.executor.snapshot()))).toEqual(['BTC', 'BTC_JPY']);
  const leverageOnly = configOf({ instruments: [BTC_JPY] });
  expect(sweeps(new Executor(leverageOnly, bench.executor.snapshot()))).toEqual(['BTC_JPY']);
});
