import { clientOrderId } from '@alpha-engine/core';
import { expect, it } from 'vitest';

it('is the same for the same decision and leg, and different for any other', () => {
  expect(clientOrderId('s', 0, 0)).toBe(clientOrderId('s', 0, 0));
  const ids = [clientOrderId('s', 0, 0), clientOrderId('s', 1, 0), clientOrderId('s', 0, 1), clientOrderId('s0', 0, 0)];
  expect(new Set(ids).size).toBe(4);
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
});
