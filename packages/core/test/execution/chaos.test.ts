import {
  compareBooks,
  type Decimal,
  type ExchangeFill,
  type ExchangeOrder,
  type ExchangePosition,
  Executor,
  type ExecutorAction,
  type ExecutorInput,
  type OrderTerms,
} from '@alpha-engine/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seedOf } from '../ledger/seed.js';
import { BTC_JPY, configOf, d, signalOf, T0, tickerOf } from './bench.js';

const config = configOf({
  instruments: [BTC_JPY],
  maxPositionSize: d('1'),
  maxSignalAgeMs: 10_000_000,
  maxDataAgeMs: 10_000_000,
});

/** A leverage exchange in a few lines: market orders fill at once in two parts, each opening its own lot. */
class Exchange {
  readonly orders: ExchangeOrder[] = [];
  readonly fills: ExchangeFill[] = [];
  readonly lots = new Map<string, ExchangePosition>();
  readonly placed = new Map<string, number>();

  place(terms: OrderTerms, ts: number): string {
    this.placed.set(terms.clientOrderId, (this.placed.get(terms.clientOrderId) ?? 0) + 1);
    const id = String(this.orders.length + 1);
    const { symbol, side, effect, size } = terms;
    const parts = [size.times('0.4').floorTo('0.001'), size.minus(size.times('0.4').floorTo('0.001'))];
    for (const part of parts.filter((one) => one.isPositive())) {
      const number = this.fills.length + 1;
      const positionId = terms.positionId ?? `p${number}`;
      const price = d(6_000_000 + number * 7);
      if (effect === 'open') this.lots.set(positionId, { positionId, symbol, side, size: part, price, openedTs: ts });
      else this.#reduce(positionId, part);
      this.fills.push({
        executionId: `e${number}`,
        exchangeOrderId: id,
        symbol,
        side,
        effect,
        price,
        size: part,
        fee: d('1'),
        positionId,
        ts,
      });
    }
    this.orders.push({
      exchangeOrderId: id,
      symbol,
      side,
      effect,
      type: 'market',
      timeInForce: 'ioc',
      size,
      filledSize: size,
      state: 'filled',
      orderTs: ts,
    });
    return id;
  }

  #reduce(positionId: string, size: Decimal): void {
    const lot = this.lots.get(positionId);
    if (lot === undefined || lot.size.lt(size)) throw new Error(`Closed more than there was of ${positionId}.`);
    if (lot.size.eq(size)) this.lots.delete(positionId);
    else this.lots.set(positionId, { ...lot, size: lot.size.minus(size) });
  }
}

type Answer =
  | 'prompt'
  | 'fills first'
  | 'lost, taken'
  | 'lost, not taken'
  | 'refused'
  | 'killed before'
  | 'killed after';

interface Turn {
  readonly action: 'enter_long' | 'enter_short' | 'exit';
  readonly strategy: 'a' | 'b';
  readonly answer: Answer;
  readonly frames: 'once' | 'twice' | 'never' | 'reversed';
}

/** The loop around an executor: commits are snapshots; a kill goes on from the last one. */
class Loop {
  readonly exchange = new Exchange();
  executor = new Executor(config);
  now = T0;
  #committed: unknown = this.executor.snapshot();
  #turn: Turn = { action: 'exit', strategy: 'a', answer: 'prompt', frames: 'once' };

  take(turn: Turn, number: number): void {
    this.#turn = turn;
    this.now += 1_000;
    const event = signalOf(turn.action, { id: `s${number}`, ts: this.now, strategy: turn.strategy });
    this.feed({ kind: 'quote', event: tickerOf('BTC_JPY', 6_000_000, this.now) });
    this.feed({ kind: 'signal', event });
    this.pass(3);
  }

  /** Time goes by, a second at a time. */
  pass(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.now += 1_000;
      this.feed({ kind: 'clock' });
    }
  }

  feed(input: ExecutorInput): void {
    const step = this.executor.step([{ ...input, at: { marketTs: this.now, wallTs: this.now } }]);
    this.#committed = this.executor.snapshot();
    for (const action of step.actions) this.#act(action);
  }

  #act(action: ExecutorAction): void {
    if (action.kind === 'sweep') {
      const { fillsFrom, symbol } = action;
      this.feed({
        kind: 'sweep',
        sweep: {
          symbol,
          begun: { marketTs: this.now, wallTs: this.now },
          openOrders: [],
          orders: this.exchange.orders,
          fills: this.exchange.fills.filter(({ ts }) => ts >= fillsFrom),
          positions: [...this.exchange.lots.values()],
        },
      });
    }
    if (action.kind === 'submit') this.#submit(action.order);
  }

  #submit(order: OrderTerms): void {
    const { clientOrderId } = order;
    const { answer, frames } = this.#turn;
    // Trouble comes once per turn, so that every turn can end.
    this.#turn = { ...this.#turn, answer: 'prompt' };
    if (answer === 'killed before') {
      this.#kill();
      return;
    }
    const at = { marketTs: this.now, wallTs: this.now };
    this.executor.step([{ kind: 'submitting', clientOrderId, at }]);
    this.#committed = this.executor.snapshot();
    this.now += 1;
    if (answer === 'refused') {
      this.feed({ kind: 'refused', clientOrderId, code: 'ERR-1', message: 'No.' });
      return;
    }
    if (answer === 'lost, not taken') {
      this.feed({ kind: 'unanswered', clientOrderId, message: 'Lost.' });
      return;
    }
    const exchangeOrderId = this.exchange.place(order, this.now);
    if (answer === 'killed after') {
      this.#kill();
      return;
    }
    if (answer === 'fills first') this.#tell(exchangeOrderId, frames);
    if (answer === 'lost, taken') this.feed({ kind: 'unanswered', clientOrderId, message: 'Lost.' });
    else this.feed({ kind: 'accepted', clientOrderId, exchangeOrderId });
    if (answer !== 'fills first') this.#tell(exchangeOrderId, frames);
  }

  #tell(exchangeOrderId: string, frames: Turn['frames']): void {
    const fills = this.exchange.fills.filter((fill) => fill.exchangeOrderId === exchangeOrderId);
    const told = { once: fills, twice: [...fills, ...fills], never: [], reversed: [...fills].reverse() }[frames];
    for (const fill of told) this.feed({ kind: 'fill_update', fill });
  }

  #kill(): void {
    this.executor = new Executor(config, JSON.parse(JSON.stringify(this.#committed)));
  }
}

it('ends with the books of the exchange, every order sent at most once, whatever is lost, doubled, reordered or killed', () => {
  const turn = fc.record<Turn>({
    action: fc.constantFrom('enter_long', 'enter_short', 'exit'),
    strategy: fc.constantFrom('a', 'b'),
    answer: fc.constantFrom<Answer>(
      'prompt',
      'fills first',
      'lost, taken',
      'lost, not taken',
      'refused',
      'killed before',
      'killed after',
    ),
    frames: fc.constantFrom('once', 'twice', 'never', 'reversed'),
  });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), (turns) => {
      const loop = new Loop();
      loop.feed({ kind: 'clock' });
      for (const [number, one] of turns.entries()) loop.take(one, number);
      loop.pass(300);
      loop.feed({ kind: 'resync' });
      loop.pass(3);
      const { exchange, executor } = loop;
      for (const times of exchange.placed.values()) expect(times).toBe(1);
      const books = executor.books();
      expect(books.halts).toEqual({});
      expect(books.openOrders).toEqual([]);
      expect(books.reconciled).toEqual(['BTC_JPY']);
      const view = {
        instruments: [BTC_JPY],
        positions: [...exchange.lots.values()],
        openOrders: [],
        fills: exchange.fills,
      };
      expect(compareBooks(books, view)).toEqual([]);
    }),
    { seed: seedOf('chaos'), numRuns: 60 },
  );
});
