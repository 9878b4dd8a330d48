import type { DenialEvent } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { LiveEngine, PRICE } from '../support/live-engine.js';

it('a signal that makes no sense is denied or set aside with its code and a sentence, and leaves no trace of an order', async () => {
  // Below the minimum of BTC_JPY, and fine for BTC.
  const live = await LiveEngine.create({ ALPHA_ORDER_SIZE: '0.0005' });
  const engine = await live.engine();
  const denied: Record<string, Parameters<typeof live.signal>[0]> = {
    unknown_instrument: { symbol: 'DOGE_USD' },
    signal_too_old: { symbol: 'BTC', ts: live.now - 3_600_000 },
    signal_from_future: { symbol: 'BTC', ts: live.now + 3_600_000 },
    price_collar: { symbol: 'BTC', price_ref: PRICE / 2 },
    size: { symbol: 'BTC_JPY' },
    short_on_spot: { symbol: 'BTC', action: 'enter_short' },
  };
  for (const [code, changes] of Object.entries(denied)) await live.signal({ id: code, ...changes });
  const refused: readonly [field: string, changes: Parameters<typeof live.signal>[0]][] = [
    ['confidence', { confidence: Number.NaN }],
    ['confidence', { confidence: 1.01 }],
    ['confidence', { confidence: -0.01 }],
    ['confidence', { confidence: '0.5' }],
    ['price_ref', { price_ref: Number.NaN }],
    ['price_ref', { price_ref: 0 }],
    ['price_ref', { price_ref: Number.POSITIVE_INFINITY }],
    ['ts', { ts: 'yesterday' }],
    ['ts', { ts: -1 }],
    ['action', { action: 'buy_everything' }],
    ['strategy', { strategy: '' }],
    ['protect', { protect: { stop_loss: { percent: -1 } } }],
  ];
  for (const [, changes] of refused) await live.signal({ symbol: 'BTC', ...changes });

  const denials = async () =>
    (await live.read('order:gmo')).filter((event): event is DenialEvent => event.type === 'denial');
  await live.until('all are denied', async () => (await denials()).length === Object.keys(denied).length);
  for (const { data } of await denials()) {
    expect(data.code, data.message).toBe(data.signal_id);
    expect(data.message).toMatch(/^[A-Z].*\.$/);
  }
  const letters = async () => live.bus.deadLetters('signal:gmo', null, 100);
  await live.until('the others are set aside', async () => (await letters()).length === refused.length);
  for (const [index, { reason }] of (await letters()).entries()) {
    expect(reason).toContain(`At ${refused[index]?.[0]}`);
    expect(reason).toMatch(/^[A-Z].*\.$/);
  }
  expect(live.simulator.stats()).toMatchObject({ orders: 0, rejections: {} });
  expect((await live.ask('orders')).said).toEqual([]);

  // It was not the engine that was deaf.
  await live.signal({ symbol: 'BTC' });
  await live.until('a good one is filled', () => live.simulator.stats().fills === 1);
  expect((await engine.end('SIGTERM')).exit).toBe(0);
}, 60_000);
