import { Decimal } from '@alpha-engine/core';
import { type GmoSimulator, startGmoSimulator, stillTape } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { LiveEngine, PRICE, SYMBOLS } from '../support/live-engine.js';

interface Said {
  readonly account: string;
  readonly engine: string;
  readonly agree: boolean;
  readonly differences: readonly { readonly subject: string; readonly what: string }[];
  readonly repaired: readonly unknown[];
}

/** Two exchanges give no id twice: something was traded there long ago. */
function useUpIds(simulator: GmoSimulator): void {
  const longAgo = simulator.clock().marketTs - 3_600_000;
  const terms = { symbol: 'BTC_JPY', type: 'market', size: Decimal.of('0.01') } as const;
  simulator.play({ kind: 'book', symbol: 'BTC_JPY', bids: [[PRICE - 1, 5]], asks: [[PRICE + 1, 5]] });
  for (let round = 0; round < 5; round += 1) {
    simulator.exchange.place({ ...terms, side: 'buy', effect: 'open' }, longAgo);
    simulator.exchange.place({ ...terms, side: 'sell', effect: 'close' }, longAgo);
  }
}

it('an engine that starts on an account which is not what its books say opens nothing; it is told to take over and goes on', async () => {
  const live = await LiveEngine.create();
  const before = await live.engine();
  await live.signal({ id: 'in' });
  await live.until('it is filled', () => live.simulator.exchange.positions('BTC_JPY').length === 1);
  await live.until('it is booked', async () =>
    (await live.read('order:gmo')).some((event) => event.type === 'order' && event.data.status === 'FILLED'),
  );
  expect((await before.end('SIGTERM')).exit).toBe(0);

  // The lot is gone, and so is some money: the same key at an exchange that never saw it.
  const tape = stillTape({ symbols: SYMBOLS, price: PRICE });
  const other = await startGmoSimulator({ tape, balances: { JPY: '90000000', BTC: '1' } });
  try {
    useUpIds(other);
    live.env.REST_BASE_URL = other.restBaseUrl;
    live.env.WS_PUBLIC_URL = other.wsPublicUrl;
    const engine = live.start('engine', '--strategy', './silent.ts', '--live');
    await engine.line('alarm');
    await live.quote();
    await live.signal({ id: 'denied', strategy: 'other' });
    await live.until('openings are denied', async () =>
      (await live.read('order:gmo')).some((event) => event.type === 'denial'),
    );
    const seen = await live.ask<Said>('reconcile');
    expect(seen).toMatchObject({ exit: 7, said: { account: 'live', engine: 'running', agree: false, repaired: [] } });
    expect(seen.said.differences.map(({ subject }) => subject).sort()).toEqual(['balance', 'lot']);
    const repaired = await live.ask<Said>('reconcile', '--repair');
    expect(repaired, engine.output).toMatchObject({
      exit: 0,
      said: { engine: 'running', agree: true, differences: [] },
    });
    expect(repaired.said.repaired).toEqual(seen.said.differences);
    expect(other.stats().orders).toBe(0);
    await live.quote();
    await live.signal({ id: 'again', strategy: 'other' });
    await live.until('it trades again', () => other.exchange.positions('BTC_JPY').length === 1);
    expect(await live.ask<Said>('reconcile')).toMatchObject({ exit: 0, said: { agree: true } });
    await engine.end('SIGKILL');
  } finally {
    await other.close();
  }
}, 90_000);

it('a paper account is compared too, and agrees', async () => {
  const live = await LiveEngine.create();
  const engine = live.start('engine', '--strategy', './silent.ts');
  await engine.line('engine started');
  await live.bus.publish(null, [
    {
      ...{ type: 'orderbook', exchange: 'gmo', symbol: 'BTC_JPY', ts: live.now },
      data: { is_snapshot: true, bids: [[PRICE - 1, 5]], asks: [[PRICE + 1, 5]] },
    },
  ]);
  await live.quote();
  await live.signal({ id: 'in' });
  await live.until('it is filled', async () =>
    (await live.read('order:gmo')).some((event) => event.type === 'order' && event.data.status === 'FILLED'),
  );
  const paper = { agree: true, account: 'paper', differences: [], compared: { executions: 1, positions: 1 } };
  expect(await live.ask<Said>('reconcile')).toMatchObject({ exit: 0, said: { ...paper, engine: 'running' } });
  expect((await engine.end('SIGTERM')).exit).toBe(0);
  expect(await live.ask<Said>('reconcile')).toMatchObject({ exit: 0, said: { ...paper, engine: 'stopped' } });
  // Nothing of it went to the exchange, whose account the same key opens.
  expect(live.simulator.stats().orders).toBe(0);
}, 60_000);
