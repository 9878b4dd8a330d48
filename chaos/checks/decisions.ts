import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import {
  type Bar,
  type FedInput,
  type InstanceSpec,
  parseParams,
  type SignalRecord,
  StrategyRunner,
  type TradeEvent,
} from '@alpha-engine/core';
import { maCross } from '@alpha-engine/strategies';
import { grouped } from '../grouped.js';
import { EXCHANGE } from '../market.js';
import { STRATEGY_PARAMS, TIMEFRAME } from '../world.js';
import { type Aftermath, type CheckResult, Problems } from './check.js';
import { simpleBars } from './simple-bars.js';

type OrderInput = Extract<FedInput, { kind: 'order' }>;

const PAGE = 5000;

/**
 * Bars and signals in the database are those of the tape: of the bars a second, simple program says so too; for the signals the
 * strategy runs over the tape once more and hears of orders (a denial corrects its target) where the record says it heard. Where the
 * collector was blinded, what is on the bus stands for the tape, which another check compares with it.
 */
export async function decisionsIdentical({ market, store, bus, isBlinded }: Aftermath): Promise<CheckResult> {
  const problems = new Problems();
  const heard = await heardOrders(store);
  const stored = grouped(await store.signals(), ({ event }) => event.symbol);
  let bars = 0;
  let signals = 0;
  for (const symbol of market.symbols) {
    const runner = new StrategyRunner({ instances: [spec(symbol)], nextBatch: 1 });
    const expected: SignalRecord[] = [];
    const rows = barsOf(store, symbol);
    const trades = () => (isBlinded ? tradesOnBus(bus, symbol) : market.trades(symbol));
    const simple = simpleBars(trades(), TIMEFRAME);
    const compare = async (computed: Bar) => {
      bars++;
      const row = (await rows.next()).value as Bar | undefined;
      const { value } = await simple.next();
      problems.expect(
        isDeepStrictEqual(row, computed),
        () => `A bar of ${symbol} is ${JSON.stringify(row)} in the database and ${JSON.stringify(computed)} offline.`,
      );
      problems.expect(
        isDeepStrictEqual(value, computed),
        () => `A bar of ${symbol} is ${JSON.stringify(value)} the simple way and ${JSON.stringify(computed)} offline.`,
      );
    };
    for await (const event of trades()) {
      const step = runner.step([{ kind: 'market', event }]);
      expected.push(...step.signals);
      for (const bar of step.bars) {
        await compare(bar);
        for (const { event: order } of heard.get(keyOf(symbol, bar.openTs)) ?? []) {
          expected.push(...runner.step([{ kind: 'order', event: order }]).signals);
        }
      }
    }
    // The clock closes the last bar some time after the end, if it got to it.
    const last = runner.step([{ kind: 'clock', ts: Number.MAX_SAFE_INTEGER }]);
    problems.expect(last.bars.length === 0, () => `The clock alone closed a bar of ${symbol}.`);
    const rest = await restOf(rows);
    problems.expect(rest <= 1, () => `${rest} bars of ${symbol} stand in the database and not on the tape.`);
    const found = stored.get(symbol) ?? [];
    signals += found.length;
    // The bar that the clock closed may have brought one more.
    const extra = found.length - expected.length;
    problems.expect(
      extra === 0 || (extra === 1 && rest === 1),
      () => `${found.length} signals of ${symbol} in the database, ${expected.length} offline.`,
    );
    for (const [index, signal] of expected.entries()) {
      const row = found[index];
      problems.expect(
        isDeepStrictEqual(row, signal),
        () =>
          `Signal ${index + 1} of ${symbol} is ${JSON.stringify(row)} in the database and ${JSON.stringify(signal)} offline.`,
      );
    }
  }
  const denials = (await store.verdicts({ approved: false })).length;
  return {
    check: 'bars and signals as computed offline from the tape',
    problems: problems.list,
    figures: `${bars} bars, ${signals} signals, ${denials} denials`,
  };
}

function spec(symbol: string): InstanceSpec {
  const { version } = createRequire(import.meta.url)('@alpha-engine/strategies/package.json') as { version: string };
  const params = parseParams(maCross, STRATEGY_PARAMS);
  const codeHash = `@alpha-engine/strategies@${version}`;
  return { strategy: maCross, params, exchange: EXCHANGE, symbol, timeframe: TIMEFRAME, codeHash };
}

const keyOf = (symbol: string, openTs: number) => `${symbol} ${openTs}`;

/** Order events by the bar after which the strategies of that symbol heard of them. */
async function heardOrders(store: Aftermath['store']): Promise<ReadonlyMap<string, readonly OrderInput[]>> {
  const heard = new Map<string, OrderInput[]>();
  const lastBar = new Map<string, number>();
  for await (const { inputs } of store.inputLog(`strategy:${EXCHANGE}`, 0)) {
    const { fed } = (inputs ?? { fed: [] }) as { readonly fed: readonly FedInput[] };
    for (const input of fed) {
      if (input.kind !== 'order') lastBar.set(input.symbol, input.openTs);
      else {
        const { symbol } = input.event;
        const key = keyOf(symbol, lastBar.get(symbol) ?? 0);
        heard.set(key, [...(heard.get(key) ?? []), input]);
      }
    }
  }
  return heard;
}

async function* tradesOnBus(bus: Aftermath['bus'], symbol: string): AsyncGenerator<TradeEvent> {
  for (let after: string | null = null; ; ) {
    const page = await bus.range('md:trade', after, PAGE);
    for (const { event } of page) if (event.type === 'trade' && event.symbol === symbol) yield event;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

async function* barsOf(store: Aftermath['store'], symbol: string): AsyncGenerator<Bar> {
  for (let from = 0; ; ) {
    const page = await store.bars({ exchange: EXCHANGE, symbol, timeframe: TIMEFRAME, from, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    from = last.openTs + 1;
  }
}

async function restOf(rows: AsyncGenerator<Bar>): Promise<number> {
  let count = 0;
  for await (const _ of rows) count++;
  return count;
}
