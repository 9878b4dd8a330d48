import {
  AlphaError,
  Decimal,
  type ExchangeFill,
  type ExecutorAction,
  ManualClock,
  type MarketEvent,
  type Protect,
} from '@alpha-engine/core';
import { draws, type MarketFill, NO_LATENCY, PaperBroker, type QueueModel } from '@alpha-engine/core/simulation';
import { expect, test } from 'vitest';
import type { BacktestOptions } from '../../src/run/backtest-options.js';
import { TapeRun } from '../../src/run/tape-run.js';
import { type Act, instrumentOf } from '../support/play.js';
import { atTrades, book, START_TS, trade } from '../support/play-tape.js';
import { pick } from '../support/random-run.js';

const SECONDS = 120;
const CASH = '10000';
const MODELS: readonly (readonly [MarketFill, QueueModel, slippage: number])[] = [
  ['book-walk', 'through', 0],
  ['book-walk', 'conservative', 0.0003],
  ['top-of-book', 'proportional', 0],
  ['top-of-book', 'conservative', 0.0003],
  ['trades', 'through', 0],
  ['trades', 'through', 0.0003],
];
const PROTECTIONS: readonly Protect[] = [
  {},
  { take_profit: { percent: 0.2 } },
  { stop_loss: { percent: 0.2 } },
  { trail: { percent: 0.2 } },
];

/** What the executor of a back-test asks its exchange is asked of a paper account at the same moments of the same market. */
test.each(MODELS)(
  'on paper, %s with the queue %s and slippage %d fills what the back-test fills',
  async (fill, queue, slippage) => {
    const seed = Number(process.env.ALPHA_SEED ?? 5);
    const random = draws(seed);
    let fills = 0;
    for (const protect of PROTECTIONS) {
      const { acts, events } = tapeOf(random);
      const fine = { sizeStep: Decimal.of('0.01'), minSize: Decimal.of('0.01'), takerFeeRate: Decimal.of('0.0004') };
      const instruments = [{ ...instrumentOf('leverage'), ...fine }];
      const tested = backtest(events, {
        instances: [instance(acts, protect)],
        ...{ instruments, cash: CASH, leverageRules: 'gmo' },
        sizing: { kind: 'fixed', size: Decimal.of('2.5') },
        fill: { model: fill, slippage, slippageOn: 'all', latency: NO_LATENCY, queue },
      });
      const clock = new ManualClock(START_TS);
      const paper = new PaperBroker({
        ...{ instruments, balances: { USD: CASH }, clock, fill, queue, feeRounding: 'none' },
        slippage: { fraction: slippage, on: 'all' },
      });
      expect(await onPaper(paper, clock, events, tested.asked), `seed ${seed}`).toEqual({
        fills: tested.fills.map(inWords),
        refused: tested.refused,
      });
      fills += tested.fills.length;
    }
    expect(fills).toBeGreaterThan(20);
  },
);

type Asked = ExecutorAction & { readonly ts: number };

function backtest(events: readonly MarketEvent[], options: BacktestOptions) {
  const run = new TapeRun(options);
  const { record } = run;
  const [asked, fills]: [Asked[], ExchangeFill[]] = [[], []];
  record.hear = { fill: ({ fill }) => fills.push(fill) };
  const onStep = record.onStep.bind(record);
  record.onStep = (step) => {
    asked.push(...step.actions.map((action) => ({ ...action, ts: run.engine.now })));
    onStep(step);
  };
  for (const event of events) run.take(event);
  run.end();
  return { asked, fills, refused: record.orders().filter(({ status }) => status === 'REJECTED').length };
}

async function onPaper(
  paper: PaperBroker,
  clock: ManualClock,
  events: readonly MarketEvent[],
  asked: readonly Asked[],
): Promise<{ readonly fills: readonly string[]; readonly refused: number }> {
  let [next, refused] = [0, 0];
  for (const event of events) {
    clock.set(event.ts);
    paper.onMarket(event);
    for (; next < asked.length && (asked[next] as Asked).ts <= event.ts; next++) {
      const action = asked[next] as Asked;
      if (action.kind === 'submit') {
        // A stop that the price has passed, say: the exchange of the back-test refused it too.
        await paper.place(action.order).catch((error: unknown) => {
          if (!AlphaError.is(error) || error.code !== 'EXCHANGE_REFUSED') throw error;
          refused += 1;
        });
      }
      if (action.kind === 'cancel') await paper.cancel(action.exchangeOrderId);
      else if (action.kind === 'amend') await paper.amend(action.exchangeOrderId, action.change);
    }
  }
  return { fills: (await paper.fillsSince('ABC', 0)).map(inWords), refused };
}

function inWords({ effect, fee, price, side, size, ts }: ExchangeFill): string {
  return `${new Date(ts).toISOString()} ${side} ${effect} ${size} at ${price}, fee ${fee}`;
}

function instance(acts: Readonly<Record<number, Act>>, protect: Protect): BacktestOptions['instances'][number] {
  const strategy = atTrades(acts, { protect });
  return { strategy, params: {}, exchange: 'gmo', symbol: 'ABC', timeframe: '1m', codeHash: 'test' };
}

/** A book and a trade each second around a walking price; every twelfth trade something is decided. */
function tapeOf(random: () => number): { readonly acts: Record<number, Act>; readonly events: MarketEvent[] } {
  const acts: Record<number, Act> = { 2400: 'long', 20400: 'exit' };
  const events: MarketEvent[] = [];
  let price = 100;
  const cents = (value: number) => Math.round(value * 100) / 100;
  for (let ms = 0; ms < SECONDS * 1_000; ms += 1_000) {
    price = cents(price + (random() - 0.5) * 0.3);
    const level = (away: number): [number, number] => [cents(price + away), Math.ceil(random() * 300) / 100];
    events.push(book(ms, [level(-0.02), level(-0.05), level(-0.1)], [level(0.02), level(0.05), level(0.1)]));
    const side = pick(random, ['buy', 'sell'] as const);
    events.push(trade(ms + 400, cents(price + (side === 'buy' ? 0.02 : -0.02)), Math.ceil(random() * 500) / 100, side));
    if (ms > 0 && random() < 1 / 12) acts[ms + 400] = pick(random, ['long', 'short', 'exit'] as const);
  }
  return { acts, events };
}
