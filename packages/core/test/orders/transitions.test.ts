import { readFileSync } from 'node:fs';
import {
  canTransition,
  Decimal,
  type ExchangeFill,
  type ExchangeOrder,
  isFinal,
  ORDER_STATUSES,
  type Order,
  TRANSITIONS,
} from '@alpha-engine/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bound, ended, filled, reported, submitted } from '../../src/orders/advance.js';
import { fillOf, orderOf, T0 } from '../execution/bench.js';
import { seedOf } from '../ledger/seed.js';
import { termsOf } from '../risk/bench.js';

const pending = (): Extract<Order, { status: 'PENDING' }> => ({
  terms: termsOf(),
  request: 'none',
  filledSize: Decimal.zero,
  updatedTs: T0,
  status: 'PENDING',
});
const working = () => bound(submitted(pending(), { marketTs: T0, wallTs: T0 }), '1', T0 + 1);

describe('the table', () => {
  it('is the one in the documents', () => {
    const page = readFileSync(new URL('../../../../docs/orders.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (`.+`) \|$/gm)];
    const pairs = rows.flatMap(([, from, to = '']) =>
      [...to.matchAll(/`([A-Z_]+)`/g)].map((match) => [from, match[1]]),
    );
    expect(pairs).toEqual(TRANSITIONS.map((pair) => [...pair]));
  });

  it('has every status, and each pair once', () => {
    const pairs = TRANSITIONS.map((pair) => pair.join(' '));
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(new Set(TRANSITIONS.flat())).toEqual(new Set(ORDER_STATUSES));
  });

  it('leads from a final status nowhere but to itself', () => {
    for (const [from, to] of TRANSITIONS) if (isFinal(from)) expect(to).toBe(from);
  });

  it('never leads back', () => {
    const reachable = (from: string): Set<string> => {
      const found = new Set<string>();
      const walk = (at: string) => {
        for (const [a, b] of TRANSITIONS) if (a === at && b !== a && !found.has(b)) found.add(b) && walk(b);
      };
      walk(from);
      return found;
    };
    for (const status of ORDER_STATUSES) expect(reachable(status).has(status)).toBe(false);
  });
});

describe('an order', () => {
  it('is FILLED by executions alone', () => {
    expect(reported(working(), orderOf('1', { state: 'filled', filledSize: Decimal.of('0.01') }), T0).status).toBe(
      'NEW',
    );
    const fill = fillOf('e', '1');
    expect(filled(working(), fill, fill.price.times(fill.size), T0).status).toBe('FILLED');
  });

  it('keeps its status when filled after a cancel', () => {
    const canceled = reported(working(), orderOf('1', { state: 'canceled', reason: 'USER' }), T0 + 2);
    const fill = fillOf('e', '1', { size: Decimal.of('0.004') });
    const after = filled(canceled, fill, fill.price.times(fill.size), T0 + 3);
    expect(after).toMatchObject({ status: 'CANCELED', reason: 'USER' });
    expect(after.filledSize.toString()).toBe('0.004');
  });

  it('is not voided once the exchange named it', () => {
    const order = working();
    expect(ended(order, 'VOID', 'no trace', T0)).toBe(order);
  });

  it('never moves backwards, whatever comes in whatever order, and repeated reports change nothing', () => {
    const states = fc.constantFrom<ExchangeOrder['state']>('working', 'filled', 'canceled', 'expired', 'rejected');
    const news = fc.array(
      fc.oneof(
        states.map((state) => ({ report: orderOf('1', { state }) })),
        fc
          .integer({ min: 1, max: 6 })
          .map((size) => ({ fill: fillOf('e', '1', { size: Decimal.of(size).times('0.002') }) })),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(news, (list) => {
        let order: Order = working();
        let notional = Decimal.zero;
        let size = Decimal.zero;
        for (const one of list as ({ report: ExchangeOrder } | { fill: ExchangeFill })[]) {
          const before: Order = order;
          if ('report' in one) {
            order = reported(order, one.report, T0);
            expect(reported(order, one.report, T0 + 9)).toBe(order);
          } else {
            notional = notional.plus(one.fill.price.times(one.fill.size));
            size = size.plus(one.fill.size);
            order = filled(order, one.fill, notional, T0);
          }
          if (order !== before) expect(canTransition(before.status, order.status)).toBe(true);
        }
        expect(order.filledSize.eq(size)).toBe(true);
        if (order.status === 'FILLED') expect(size.gte(order.terms.size)).toBe(true);
        if (order.status === 'PARTIALLY_FILLED') expect(size.lt(order.terms.size)).toBe(true);
      }),
      { seed: seedOf('transitions'), numRuns: 300 },
    );
  });
});
