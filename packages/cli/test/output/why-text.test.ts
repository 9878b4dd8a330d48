import { expect, it } from 'vitest';
import { whyText } from '../../src/output/why-text.js';
import type { Why } from '../../src/services/why.js';

const time = '2026-01-05T00:00:00.000Z';

it('shows what the gate looked at when an approved order was to leave and was let go no more', () => {
  const order = {
    ...{ clientOrderId: 'c1', exchangeOrderId: null, symbol: 'BTC_JPY', side: 'buy', type: 'market', size: '0.01' },
    ...{ filledSize: '0', averagePrice: null, status: 'VOID', reason: 'halted: Trading on BTC_JPY is halted.' },
    steps: [
      { time, status: 'PENDING', request: 'none', fill: null, denied: null },
      {
        ...{ time, status: 'VOID', request: 'none', fill: null },
        denied: { code: 'halted', inputs: { signal_too_old: { ageMs: 12 }, halted: { state: 'HALTED' } } },
      },
    ],
  } as unknown as Why['orders'][number];
  const verdict = { signalId: 's1', approved: true, inputs: {}, time };
  const text = whyText({
    ...{ orders: [order], verdict, signal: null, indicators: {}, bar: null, entries: [], decided: null },
  });
  expect(text.split('\n').slice(3, 8)).toEqual([
    `             ${time}  PENDING`,
    `             ${time}  VOID`,
    '             signal_too_old: {"ageMs":12}',
    '             halted: {"state":"HALTED"}',
    `VERDICT    ${time}  approved`,
  ]);
});
