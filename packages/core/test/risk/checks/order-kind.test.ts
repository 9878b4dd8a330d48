import type { OrderKind } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { orderKind } from '../../../src/risk/checks/order-kind.js';
import { closing, denies, entryOf, intentOf, viewOf } from '../bench.js';

const kinds: OrderKind[] = [
  { type: 'market', timeInForce: 'ioc', effect: 'open', amend: false },
  { type: 'market', timeInForce: 'ioc', effect: 'close', amend: false },
  { type: 'limit', timeInForce: 'post_only', effect: 'open', amend: true },
];
const view = viewOf({ orderKinds: kinds });

it('denies what the exchange does not take', () => {
  expect(denies(orderKind, intentOf(), view)).toBeUndefined();
  expect(denies(orderKind, entryOf({ type: 'limit', timeInForce: 'post_only' }), view)).toBeUndefined();
  expect(denies(orderKind, entryOf({ type: 'limit', timeInForce: 'fok' }), view)).toBe(
    'The exchange takes no limit order that opens with time in force fok on BTC_JPY.',
  );
  const close = intentOf({ orders: [{ ...closing, type: 'limit', timeInForce: 'post_only' }] });
  expect(denies(orderKind, close, view)).toContain('closes');
});

it('lets everything pass where nobody knows', () => {
  expect(denies(orderKind, entryOf({ type: 'stop' }), viewOf())).toBeUndefined();
});
