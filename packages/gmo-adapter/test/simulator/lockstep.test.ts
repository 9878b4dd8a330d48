import { once } from 'node:events';
import { type LockstepMember, type LockstepRole, type LockstepTurn, silentLogger } from '@alpha-engine/core';
import { createGmoAdapter } from '@alpha-engine/gmo-adapter';
import { type GmoSimulator, startGmoSimulator, type Tape } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { RawSocket, waitFor } from './raw-client.js';

const CLOCK = { now: () => Date.now() };
const START = 1_700_000_000_000;
const trade = (ts: number) => ({ kind: 'trade', symbol: 'BTC', ts, price: 100, size: 1, side: 'buy' }) as const;
/** Two records of one moment, and a third. */
const TAPE: Tape = {
  header: {
    ...{ format: 'alpha-tape', version: 1, exchange: 'gmo', symbols: [{ symbol: 'BTC', source: 'made' }] },
    ...{ start: START, end: START + 60_000, records: 3, origin: 'made', licence: 'none', conversion: 'none' },
  },
  records: [trade(START), trade(START), trade(START + 60_000)],
};

let simulator: GmoSimulator;
const ends: AbortController[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) end.abort();
  await simulator.close();
});

/** A member that answers when the test says so. */
class Slow implements LockstepMember {
  readonly turns: LockstepTurn[] = [];
  readonly end = new AbortController();
  #done: ((worked: boolean) => void) | null = null;

  constructor(readonly role: LockstepRole) {
    ends.push(this.end);
  }

  async join(): Promise<this> {
    const endpoints = { restBaseUrl: simulator.restBaseUrl };
    const context = { endpoints, logger: silentLogger, wallClock: CLOCK, marketClock: CLOCK };
    await createGmoAdapter().joinLockstep?.(context, this, this.end.signal);
    return this;
  }

  act(turn: LockstepTurn): Promise<boolean> {
    this.turns.push(turn);
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  /** Waits to be asked, and answers. */
  async answer(worked: boolean): Promise<LockstepTurn> {
    const done = await waitFor(() => this.#done, `the ${this.role} to be asked`);
    this.#done = null;
    done(worked);
    return this.turns.at(-1) as LockstepTurn;
  }
}

async function begin(): Promise<{ readonly collector: Slow; readonly engine: Slow }> {
  simulator = await startGmoSimulator({ tape: TAPE, origin: 'tape', lockstep: true });
  const collector = await new Slow('collector').join();
  const engine = await new Slow('engine').join();
  const socket = await RawSocket.open(simulator.wsPublicUrl);
  socket.send({ command: 'subscribe', channel: 'trades', symbol: 'BTC', option: 'TAKER_ONLY' });
  return { collector, engine };
}

const played = () => simulator.stats().played.trades.BTC ?? 0;

it('plays one record at a time, when the collector and then the engine have nothing left to do', async () => {
  const { collector, engine } = await begin();
  expect(await collector.answer(false)).toEqual({ marketTs: START, sent: {} });
  expect(await engine.answer(true)).toEqual({ marketTs: START, sent: {} });
  expect(played()).toBe(0);
  expect(simulator.clock()).toMatchObject({ marketTs: START, speed: 0, lockstep: true, ended: false });
  await engine.answer(false);

  // The second record is of the same moment, and comes by itself all the same.
  expect(await collector.answer(true)).toEqual({ marketTs: START, sent: { 'trade BTC': 1 } });
  expect(played()).toBe(1);
  await engine.answer(false);
  expect(await collector.answer(true)).toEqual({ marketTs: START, sent: { 'trade BTC': 2 } });
  await engine.answer(false);
  expect(await collector.answer(true)).toEqual({ marketTs: START + 60_000, sent: { 'trade BTC': 3 } });
  expect(simulator.clock()).toMatchObject({ marketTs: START + 60_000, ended: false });
  await engine.answer(false);
  await waitFor(() => simulator.clock().ended, 'the end');
});

it('stands still while a process that was killed is away, and not for one that left', async () => {
  const { collector, engine } = await begin();
  const second = new WebSocket(`${simulator.wsPublicUrl.replace('/ws/public/v1', '/sim/lockstep')}?role=engine`);
  await once(second, 'open');
  second.terminate();
  await collector.answer(false);
  await engine.answer(false);
  expect(played()).toBe(0);

  // Somebody took its place: the last question is asked again.
  const third = await new Slow('engine').join();
  await collector.answer(false);
  await Promise.all([engine.answer(false), third.answer(false)]);
  await waitFor(() => played() === 1, 'the first record');

  await collector.answer(true);
  third.end.abort();
  await engine.answer(false);
  await collector.answer(true);
  await engine.answer(false);
  await waitFor(() => played() === 2, 'the second record');
});

it('takes no script of faults, which go by wall time', async () => {
  const faults = { faults: [{ kind: 'cut' as const, at: '1s' }] };
  simulator = await startGmoSimulator({ tape: TAPE });
  await expect(startGmoSimulator({ tape: TAPE, lockstep: true, faults })).rejects.toMatchObject({
    code: 'FAULTS_INVALID',
  });
});

it('waits for both brains where each is a process of its own, and asks both until neither has anything left to do', async () => {
  simulator = await startGmoSimulator({ tape: TAPE, origin: 'tape', lockstep: true });
  const socket = await RawSocket.open(simulator.wsPublicUrl);
  socket.send({ command: 'subscribe', channel: 'trades', symbol: 'BTC', option: 'TAKER_ONLY' });
  const collector = await new Slow('collector').join();
  const strategy = await new Slow('strategy').join();
  expect(collector.turns).toEqual([]);
  const execution = await new Slow('execution').join();
  await collector.answer(false);
  await strategy.answer(true);
  await execution.answer(false);
  expect(played()).toBe(0);
  // What the one told the other is still of the same moment.
  await strategy.answer(false);
  await execution.answer(true);
  await strategy.answer(false);
  await execution.answer(false);
  await collector.answer(true);
  expect(played()).toBe(1);
});
