import type { EventBus, StatusEvent, TradeEvent } from '@alpha-engine/core';
import { MemoryBus } from '@alpha-engine/core';
import { describe, expect, test } from 'vitest';
import { Problems } from '../checks/check.js';
import { Losses } from '../checks/losses.js';
import { TradeTally } from '../checks/trade-tally.js';

const trade = (ts: number, price = 100, more: Partial<TradeEvent> = {}): TradeEvent => ({
  ...{ type: 'trade', exchange: 'gmo', symbol: 'BTC', ts },
  data: { price, size: 1, side: 'buy' },
  ...more,
});

async function losses(...told: StatusEvent['data'][]): Promise<Losses> {
  const bus: EventBus = new MemoryBus();
  const status = (data: StatusEvent['data']): StatusEvent => ({
    ...{ type: 'status', exchange: 'gmo', symbol: 'BTC', ts: 1 },
    data,
  });
  await bus.publish(null, told.map(status));
  return Losses.read(bus);
}

async function problemsOf(tape: TradeEvent[], seen: TradeEvent[], ...told: StatusEvent['data'][]) {
  const problems = new Problems();
  const tally = new TradeTally(tape.values());
  for (const event of seen) tally.follow(event, problems, 'bus');
  tally.end('BTC', await losses(...told), problems, 'bus');
  return problems.list;
}

describe('trades of a blinded collector', () => {
  const tape = [trade(1), trade(1), trade(2), trade(3)];

  test('are as often as on the tape, whichever of a moment comes first', async () => {
    const last = trade(2, 100, { origin: 'backfill', data: { price: 100, size: 1, side: 'sell' } });
    expect(await problemsOf(tape, [trade(1), trade(1), last, trade(3)])).toEqual([]);
  });

  test('are missed when one of two equal ones is not there, unless that was said', async () => {
    const seen = [trade(1), trade(2), trade(3)];
    expect(await problemsOf(tape, seen)).toEqual([expect.stringMatching(/missing, and nothing says so: 1 100 1/)]);
    const gap = { state: 'gap', channel: 'trade', from_ts: 1, to_ts: 2 } as const;
    expect(await problemsOf(tape, seen, gap)).toEqual([]);
    expect(await problemsOf(tape, seen, { ...gap, channel: 'ticker' })).toHaveLength(1);
    expect(await problemsOf(tape, seen, { ...gap, from_ts: 2 })).toHaveLength(1);
  });

  test('are found when they are there too often, differ or come late', async () => {
    expect(await problemsOf(tape, [...tape, trade(3)])).toEqual([expect.stringMatching(/1 times too often: 3/)]);
    const changed = await problemsOf(tape, [trade(1), trade(1), trade(2, 101), trade(3)]);
    expect(changed).toHaveLength(2);
    const late = await problemsOf(tape, [trade(1), trade(1), trade(3), trade(2)]);
    expect(late).toEqual([expect.stringMatching(/comes after a later one/)]);
  });

  test('may lack the numbers that were dropped', async () => {
    const dropped = await losses({ state: 'dropped', channel: 'trade', from_seq: 2, to_seq: 3 });
    expect([1, 2, 3, 4].map((seq) => dropped.hasSeq(trade(1), seq))).toEqual([false, true, true, false]);
  });
});
