import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  Decimal,
  type EventBus,
  type Instrument,
  type OrderBookEvent,
  type Store,
  silentLogger,
} from '@alpha-engine/core';
import { runEngine } from '@alpha-engine/core/process';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { MID, SYMBOL } from './market.js';

export interface Deployment {
  readonly bus: EventBus;
  readonly store: Store;
  /** Folder or address of the bus, for the process that publishes. */
  readonly place: string;
}

const CAPITAL = Decimal.of('1000000000');
const DEEP = 1_000_000;
const LOOK_MS = 20;
const PATIENCE_MS = 60_000;
/** Tickers alone, while both processes start and compile. */
const SETTLE_MS = 1_500;

const BTC_JPY: Instrument = {
  exchange: 'gmo',
  symbol: SYMBOL,
  kind: 'leverage',
  base: 'BTC',
  quote: 'JPY',
  tickSize: Decimal.of(1),
  sizeStep: Decimal.of('0.001'),
  minSize: Decimal.of('0.001'),
  maxSize: Decimal.of(5),
  takerFeeRate: Decimal.zero,
  makerFeeRate: Decimal.zero,
};

/**
 * Runs an engine with the execution brain on a paper account while another process publishes `rate` tickers a second and `signals` signals, and
 * answers, in milliseconds, how long after its publishing each signal's order was handed to the broker to be written to the wire: decided, recorded, and recorded
 * as sent by then.
 */
export async function timedEngine({ bus, store, place }: Deployment, rate: number, signals: number): Promise<number[]> {
  const clock = { now: () => Date.now() };
  const broker = new PaperBroker({ instruments: [BTC_JPY], balances: { JPY: CAPITAL }, clock });
  const delays: number[] = [];
  const placeOnPaper = broker.place.bind(broker);
  broker.place = (order, mayLeave) => {
    delays.push(performance.timeOrigin + performance.now() - Number.parseInt(order.signalId, 10) / 1000);
    return placeOnPaper(order, mayLeave);
  };
  const quotes = { bids: [[MID - 1, DEEP]], asks: [[MID + 1, DEEP]] } satisfies Pick<
    OrderBookEvent['data'],
    'bids' | 'asks'
  >;
  broker.onMarket({
    ...{ type: 'orderbook', exchange: 'gmo', symbol: SYMBOL, ts: Date.now() },
    data: { is_snapshot: true, ...quotes },
  });

  const stop = new AbortController();
  const engine = runEngine(
    {
      ...{ exchange: 'gmo', bus, store, logger: silentLogger, marketClock: clock, wallClock: clock, session: {} },
      execution: { broker, config: configOf(broker) },
    },
    stop.signal,
  );
  const script = fileURLToPath(new URL('./publisher.js', import.meta.url));
  const child = spawn(process.execPath, [script, place, String(rate), String(signals)], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  try {
    await Promise.race([engine, delay(SETTLE_MS)]);
    child.stdin.write('go\n');
    const deadline = performance.now() + PATIENCE_MS;
    while (delays.length < signals && performance.now() < deadline) await Promise.race([engine, delay(LOOK_MS)]);
  } finally {
    child.stdin.end();
    await once(child, 'close');
    stop.abort();
    await engine;
  }
  if (delays.length !== signals) throw new Error(`${signals} signals published, ${delays.length} orders sent.`);
  return delays;
}

function configOf(broker: PaperBroker) {
  return {
    ...{ exchange: 'gmo', instruments: [BTC_JPY], capital: CAPITAL, orderSize: Decimal.of('0.001') },
    ...{ maxPositionSize: Decimal.of(1), maxDrawdown: Decimal.of('0.5'), limits: { maxOrdersPerMinute: 10_000 } },
    ...{ maxSignalAgeMs: 60_000, maxDataAgeMs: 60_000, inDoubtHorizonMs: broker.horizonMs, exclusive: true },
    orderKinds: { [SYMBOL]: broker.orderKinds(SYMBOL) },
  };
}
