import {
  type ApprovedOrder,
  type BrokerUpdate,
  Decimal,
  ManualClock,
  type MarketEvent,
  type OrderTerms,
} from '@alpha-engine/core';
import { PaperBroker } from '@alpha-engine/core/simulation';
import { describe, expect, it } from 'vitest';
import { INSTRUMENTS } from './instruments.js';

const book = (symbol: string, ts: number): MarketEvent => ({
  type: 'orderbook',
  exchange: 'test',
  symbol,
  ts,
  data: { is_snapshot: true, bids: [[100, 5]], asks: [[101, 5]] },
});

/** Only the gate makes approved orders; a test of the broker alone has none. */
function approved(more: Partial<OrderTerms> = {}): ApprovedOrder {
  return {
    clientOrderId: 'c1',
    exchange: 'test',
    symbol: 'BTC_JPY',
    strategy: 's',
    signalId: 'x',
    leg: 0,
    side: 'buy',
    effect: 'open',
    purpose: 'entry',
    type: 'market',
    timeInForce: 'ioc',
    size: Decimal.of('1'),
    createdTs: 5,
    ...more,
  } as ApprovedOrder;
}

function broker(): { paper: PaperBroker; clock: ManualClock } {
  const clock = new ManualClock(10);
  const paper = new PaperBroker({ instruments: INSTRUMENTS, balances: { JPY: '10000' }, clock });
  paper.onMarket(book('BTC_JPY', 1));
  paper.onMarket(book('BTC', 1));
  return { paper, clock };
}

describe('PaperBroker', () => {
  it('tells order and fill to readers that were there, after `connected` and the margin, which may have changed since a restart', async () => {
    const { paper } = broker();
    const stop = new AbortController();
    const seen: BrokerUpdate[] = [];
    const reading = (async () => {
      for await (const update of paper.updates(stop.signal)) {
        seen.push(update);
        if (seen.length === 4) stop.abort();
      }
    })();
    const { exchangeOrderId } = await paper.place(approved());
    await reading;
    expect(seen.map(({ kind }) => kind)).toEqual(['connected', 'margin', 'order', 'fill']);
    expect(seen[1]).toMatchObject({ margin: { state: 'normal' } });
    const fill = seen[3]!;
    expect(fill.kind === 'fill' && [fill.fill.exchangeOrderId, fill.fill.price.toString(), fill.fill.ts]).toEqual([
      exchangeOrderId,
      '101',
      10,
    ]);
  });

  it('ends its updates when aborted while waiting', async () => {
    const { paper } = broker();
    const stop = new AbortController();
    const updates = paper.updates(stop.signal);
    await updates.next();
    await updates.next();
    const waiting = updates.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('answers queries as a broker does', async () => {
    const { paper, clock } = broker();
    await paper.place(approved());
    const [lot] = await paper.positions('BTC_JPY');
    clock.set(20);
    const { exchangeOrderId } = await paper.place(
      approved({
        side: 'sell',
        effect: 'close',
        type: 'limit',
        timeInForce: 'gtc',
        price: Decimal.of('110'),
        positionId: lot!.positionId,
      }),
    );
    expect(await paper.openOrders('BTC_JPY')).toMatchObject([{ exchangeOrderId, timeInForce: 'gtc', orderTs: 20 }]);
    expect(await paper.openOrders('BTC')).toEqual([]);
    paper.onMarket({
      type: 'trade',
      exchange: 'test',
      symbol: 'BTC_JPY',
      ts: 30,
      data: { price: 111, size: 1, side: 'buy' },
    });
    const [fill] = await paper.fillsSince('BTC_JPY', 30);
    expect([fill?.realizedPnl?.toString(), fill?.effect, fill?.positionId]).toEqual(['9', 'close', lot!.positionId]);
    expect(await paper.fillsOf(exchangeOrderId)).toEqual([fill]);
    expect(await paper.positions('BTC_JPY')).toEqual([]);
    expect(await paper.ordersById([exchangeOrderId, '1'])).toMatchObject([{ state: 'filled' }]);
    expect((await paper.balances()).map(({ asset, total }) => [asset, total.toString()])).toEqual([['JPY', '10009']]);
    await expect(paper.cancel(exchangeOrderId)).resolves.toBeUndefined();
    await expect(paper.cancel('1')).rejects.toMatchObject({ code: 'EXCHANGE_REFUSED' });
  });

  it('throws EXCHANGE_REFUSED with the reason and the values in it', async () => {
    const { paper } = broker();
    await expect(paper.place(approved({ size: Decimal.of('99') }))).resolves.toBeDefined();
    await expect(paper.place(approved({ symbol: 'BTC', side: 'sell' }))).rejects.toMatchObject({
      code: 'EXCHANGE_REFUSED',
      message: 'The paper exchange refused to sell 1 BTC: insufficient_holdings (needed 1, available 0).',
    });
  });

  it('lets a night end at its hour, though nothing was heard of the market since: who holds pays, who opens then does not', async () => {
    const evening = Date.UTC(2024, 0, 1, 20, 59, 59);
    const clock = new ManualClock(evening);
    const paper = new PaperBroker({ instruments: INSTRUMENTS, balances: { JPY: '10000' }, clock, feeRounding: 'none' });
    paper.onMarket(book('BTC_JPY', evening));
    const cash = async () => (await paper.balances()).map(({ total }) => total.toString());
    await paper.place(approved());
    expect(await cash()).toEqual(['9999.9697']);
    clock.advance(1_000);
    // 0.04 % of what closing would pay, beside the fee of the fill.
    expect(await cash()).toEqual(['9999.9297']);

    clock.advance(86_399_000);
    const late = new PaperBroker({ instruments: INSTRUMENTS, balances: { JPY: '10000' }, clock, feeRounding: 'none' });
    late.onMarket(book('BTC_JPY', clock.now()));
    clock.advance(1_003);
    await late.place(approved());
    late.onMarket(book('BTC_JPY', clock.now()));
    expect((await late.balances()).map(({ total }) => total.toString())).toEqual(['9999.9697']);
  });

  it('carries the account over a restart', async () => {
    const { paper, clock } = broker();
    await paper.place(approved({ type: 'limit', timeInForce: 'gtc', price: Decimal.of('90') }));
    const next = new PaperBroker({ instruments: INSTRUMENTS, balances: {}, clock });
    next.restore(JSON.parse(JSON.stringify(paper.snapshot())));
    expect(await next.openOrders('BTC_JPY')).toEqual(await paper.openOrders('BTC_JPY'));
    expect(await next.balances()).toEqual(await paper.balances());
  });

  it('fills by the model it was given, and lets orders and answers take their time, in order', async () => {
    const clock = new ManualClock(10);
    const latency = {
      feed: { kind: 'constant', ms: 0 },
      order: { kind: 'uniform', fromMs: 1, toMs: 20 },
      answer: { kind: 'constant', ms: 1 },
    } as const;
    const balances = { JPY: '10000' };
    const paper = new PaperBroker({ instruments: INSTRUMENTS, balances, clock, latency, fill: 'top-of-book' });
    paper.onMarket(book('BTC_JPY', 1));
    const first = paper.place(approved({ size: Decimal.of('6') }));
    const second = paper.place(approved());
    // Both are still on their way: the book of now is not what they meet.
    const data = {
      is_snapshot: true,
      bids: [[100, 5]],
      asks: [
        [103, 5],
        [104, 5],
      ],
    } as MarketEvent['data'];
    paper.onMarket({ ...book('BTC_JPY', 2), data } as MarketEvent);
    expect(Number((await second).exchangeOrderId)).toBe(Number((await first).exchangeOrderId) + 1);
    const fills = await paper.fillsSince('BTC_JPY', 0);
    expect(fills.map(({ price, size }) => `${size} at ${price}`)).toEqual(['5 at 103']);
  });
});
