import {
  type Balance,
  Decimal,
  type ExchangeFill,
  type ExchangeOrder,
  type ExchangePosition,
  Executor,
  type ExecutorConfig,
  type ExecutorInput,
  type ExecutorStep,
  type Instrument,
  type OrderKind,
  type SignalAction,
  type SignalEvent,
  type TickerEvent,
  type TimedExecutorInput,
} from '@alpha-engine/core';

export const T0 = 1_700_000_000_000;
export const d = Decimal.of;

export const BTC_JPY: Instrument = {
  exchange: 'gmo',
  symbol: 'BTC_JPY',
  kind: 'leverage',
  base: 'BTC',
  quote: 'JPY',
  tickSize: d('1'),
  sizeStep: d('0.001'),
  minSize: d('0.001'),
  maxSize: d('5'),
  takerFeeRate: d('0'),
  makerFeeRate: d('0'),
};

export const BTC: Instrument = {
  ...BTC_JPY,
  symbol: 'BTC',
  kind: 'spot',
  sizeStep: d('0.00001'),
  minSize: d('0.00001'),
  takerFeeRate: d('0.0005'),
  makerFeeRate: d('-0.0001'),
};

const KINDS: readonly OrderKind[] = (['open', 'close'] as const).flatMap((effect) => [
  { type: 'market', timeInForce: 'ioc', effect, amend: false },
  { type: 'limit', timeInForce: 'gtc', effect, amend: true },
  { type: 'limit', timeInForce: 'post_only', effect, amend: true },
  { type: 'stop', timeInForce: 'ioc', effect, amend: true },
]);

export function configOf(changes: Partial<ExecutorConfig> = {}): ExecutorConfig {
  return {
    exchange: 'gmo',
    instruments: [BTC_JPY, BTC],
    orderSize: d('0.01'),
    maxPositionSize: d('0.05'),
    maxDrawdown: d('0.2'),
    capital: d('1000000'),
    maxSignalAgeMs: 5_000,
    maxDataAgeMs: 5_000,
    inDoubtHorizonMs: 60_000,
    exclusive: true,
    orderKinds: { BTC_JPY: KINDS, BTC: KINDS },
    ...changes,
  };
}

export function signalOf(action: SignalAction, changes: Partial<SignalEvent> = {}): SignalEvent {
  return {
    type: 'signal',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: T0,
    id: `${action}-1`,
    strategy: 'ma-cross',
    action,
    confidence: 1,
    price_ref: 6_000_000,
    ...changes,
  };
}

export function tickerOf(symbol: string, price: number, ts: number): TickerEvent {
  return {
    type: 'ticker',
    exchange: 'gmo',
    symbol,
    ts,
    data: { bid: price, ask: price, last: price, high: price, low: price, volume: 1 },
  };
}

export function orderOf(exchangeOrderId: string, changes: Partial<ExchangeOrder> = {}): ExchangeOrder {
  return {
    exchangeOrderId,
    symbol: 'BTC_JPY',
    side: 'buy',
    effect: 'open',
    type: 'market',
    timeInForce: 'ioc',
    size: d('0.01'),
    filledSize: d('0'),
    state: 'working',
    orderTs: T0,
    ...changes,
  };
}

export function fillOf(
  executionId: string,
  exchangeOrderId: string,
  changes: Partial<ExchangeFill> = {},
): ExchangeFill {
  return {
    executionId,
    exchangeOrderId,
    symbol: 'BTC_JPY',
    side: 'buy',
    effect: 'open',
    price: d('6000000'),
    size: d('0.01'),
    fee: d('0'),
    positionId: 'p1',
    ts: T0,
    ...changes,
  };
}

export function positionOf(positionId: string, changes: Partial<ExchangePosition> = {}): ExchangePosition {
  return {
    positionId,
    symbol: 'BTC_JPY',
    side: 'buy',
    size: d('0.01'),
    price: d('6000000'),
    openedTs: T0,
    ...changes,
  };
}

/** Drives one executor by hand, on both clocks at once (a real exchange: speed 1). */
export class Bench {
  executor: Executor;
  now = T0;
  readonly config: ExecutorConfig;
  /** Everything fed so far. */
  readonly inputs: TimedExecutorInput[] = [];

  constructor(config: ExecutorConfig = configOf(), snapshot?: unknown) {
    this.config = config;
    this.executor = new Executor(config, snapshot);
  }

  get at() {
    return { marketTs: this.now, wallTs: this.now };
  }

  feed(...inputs: ExecutorInput[]): ExecutorStep {
    const timed = inputs.map((input) => ({ ...input, at: this.at }));
    this.inputs.push(...timed);
    return this.executor.step(timed);
  }

  /** Advances both clocks. */
  wait(ms: number): this {
    this.now += ms;
    return this;
  }

  quote(symbol = 'BTC_JPY', price = 6_000_000): ExecutorStep {
    return this.feed({ kind: 'quote', event: tickerOf(symbol, price, this.now) });
  }

  /** A sweep that began now. */
  sweep(
    shown: {
      symbol?: string;
      openOrders?: ExchangeOrder[];
      orders?: ExchangeOrder[];
      fills?: ExchangeFill[];
      positions?: ExchangePosition[];
    } = {},
  ): ExecutorStep {
    const { symbol = 'BTC_JPY', openOrders = [], orders = [], fills = [], positions = [] } = shown;
    return this.feed({
      kind: 'sweep',
      sweep: { symbol, begun: this.at, openOrders, orders, fills, positions },
    });
  }

  /** The balances, asked for now. */
  balances(balances: readonly Balance[]): ExecutorStep {
    return this.feed({ kind: 'balances', balances, begun: this.at });
  }

  /** Quotes and agreeing sweeps for every symbol: ready to trade. */
  ready(): this {
    this.feed({ kind: 'clock' });
    for (const { symbol } of this.config.instruments) {
      this.quote(symbol);
      this.sweep({ symbol });
    }
    this.wait(1);
    return this;
  }

  signal(action: SignalAction, changes: Partial<SignalEvent> = {}): ExecutorStep {
    const id = `${action}-${this.now}`;
    return this.feed({ kind: 'signal', event: signalOf(action, { id, ts: this.now, ...changes }) });
  }

  /** Lets the order of a `submit` action leave and be named. Returns its client order id. */
  send(step: ExecutorStep, exchangeOrderId: string): string {
    const id = submitOf(step);
    this.feed({ kind: 'submitting', clientOrderId: id });
    this.wait(1);
    this.feed({ kind: 'accepted', clientOrderId: id, exchangeOrderId });
    return id;
  }

  /** Enters on leverage and fills at once in one lot. */
  enter(exchangeOrderId = '1', positionId = 'p1', action: 'enter_long' | 'enter_short' = 'enter_long'): void {
    const side = action === 'enter_long' ? 'buy' : 'sell';
    this.send(this.signal(action), exchangeOrderId);
    const fill = fillOf(`e${exchangeOrderId}`, exchangeOrderId, { ts: this.now, side, positionId });
    this.feed({ kind: 'fill_update', fill });
    this.wait(1);
  }
}

/** Client order id of the one `submit` action of a step. */
export function submitOf(step: ExecutorStep): string {
  const submits = step.actions.flatMap((action) => (action.kind === 'submit' ? [action.order] : []));
  if (submits.length !== 1 || submits[0] === undefined) {
    throw new Error(`Expected one submit action, found ${JSON.stringify(step.actions)}.`);
  }
  return submits[0].clientOrderId;
}

/** Statuses told by the order events of a step, in order. */
export function statuses(step: ExecutorStep): readonly string[] {
  return step.events.map((event) => (event.type === 'order' ? event.data.status : `denied:${event.data.code}`));
}
