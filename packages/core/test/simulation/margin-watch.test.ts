import { expect, it } from 'vitest';
import { exchange, order, placed, refusal, told } from './support.js';

const HOUR = 3_600_000;
const yen = (at: ReturnType<typeof exchange>) =>
  at
    .balances()
    .find(({ asset }) => asset === 'JPY')
    ?.total.toString();

it('a lot at its losscut price is closed by force for half a percent of its opening notional', () => {
  const at = exchange();
  placed(at, order('BTC_JPY', 'buy', '1'));
  const { positionId } = at.positions()[0]!;
  const take = placed(at, order('BTC_JPY', 'sell', '1', { close: positionId, price: '120' })).order;
  const reports = at.onBook(
    'BTC_JPY',
    [
      [76, 0.4],
      [75, 5],
    ],
    [[77, 5]],
    20,
  );
  expect(told(reports)).toEqual([
    'order canceled',
    'lot updated',
    'order accepted',
    'lot updated',
    'fill',
    'lot updated',
    'fill',
    'lot closed',
  ]);
  expect(at.order(take.orderId)).toMatchObject({ state: 'canceled', reason: 'POSITION_LOSSCUT' });
  const forced = at.fills().slice(-2);
  expect(forced.map(({ price, fee, positionId: lot }) => [String(price), String(fee), lot])).toEqual([
    ['76', '0.202', positionId],
    ['75', '0.303', positionId],
  ]);
  expect(at.order(forced[0]!.orderId)).toMatchObject({ cause: 'losscut', side: 'sell', state: 'filled' });
  // 10000 - 0.0303 to open - 25 × 0.4 - 26 × 0.6 - 0.505
  expect(yen(at)).toBe('9973.8647');
});

it('waits with a forced close until the book can take it', () => {
  const at = exchange();
  placed(at, order('BTC_JPY', 'buy', '1'));
  at.onTrade('BTC_JPY', 70, 1, 'sell', 20);
  expect(at.onBook('BTC_JPY', [], [[71, 1]], 21)).toEqual([]);
  at.onBook('BTC_JPY', [[70, 0.3]], [[71, 1]], 22);
  expect(at.positions()[0]?.size.toString()).toBe('0.7');
  at.onBook('BTC_JPY', [[70, 3]], [[71, 1]], 23);
  expect(at.positions()).toEqual([]);
});

it('closes everything when equity falls to half of the margin', () => {
  const at = exchange({ JPY: '62' });
  placed(at, order('BTC_JPY', 'sell', '1', { price: '100', losscut: '150' }));
  const waiting = placed(at, order('BTC_JPY', 'buy', '0.1', { price: '90' })).order;
  expect(at.margin().ratio?.toNumber()).toBeGreaterThan(1);
  at.onBook('BTC_JPY', [[130, 5]], [[137, 5]], 20);
  expect(at.positions()).toEqual([]);
  expect(at.order(waiting.orderId)).toMatchObject({ reason: 'ACCOUNT_LOSSCUT' });
  expect(at.margin().status).toBe('normal');
});

it('calls for margin at 06:30 JST, takes no openings meanwhile, and closes by force a day later', () => {
  const at = exchange({ JPY: '61' });
  at.onTime(21 * HOUR);
  placed(at, order('BTC_JPY', 'buy', '1'));
  const resting = placed(at, order('BTC_JPY', 'buy', '0.1', { price: '80' })).order;
  at.onBook('BTC_JPY', [[85, 5]], [[86, 5]], 21.4 * HOUR);
  expect(told(at.onTime(21.5 * HOUR))).toEqual(['margin', 'order canceled']);
  expect(at.margin().status).toBe('margin_call');
  expect(at.order(resting.orderId)).toMatchObject({ state: 'canceled', reason: 'MARGIN_CALL' });
  expect(refusal(at, order('BTC_JPY', 'buy', '0.1'))).toBe('margin_call');
  const later = at.onTime(45.5 * HOUR);
  expect(told(later)).toEqual([
    'holding_fee',
    'margin',
    'order accepted',
    'lot updated',
    'fill',
    'lot closed',
    'margin',
  ]);
  expect(at.margin().status).toBe('normal');
});

it('a margin call ends when the ratio is whole again', () => {
  const at = exchange({ JPY: '61' });
  at.onTime(21 * HOUR);
  placed(at, order('BTC_JPY', 'buy', '1'));
  at.onBook('BTC_JPY', [[85, 5]], [[86, 5]], 21.4 * HOUR);
  at.onTime(21.5 * HOUR);
  const reports = at.onBook('BTC_JPY', [[100, 5]], [[101, 5]], 22 * HOUR);
  expect(reports).toMatchObject([{ kind: 'margin', status: 'normal' }]);
});

it.each([
  ['nearest', ['51', '1']],
  ['towards_zero', ['50', '0']],
  ['none', ['50.505', '0.5']],
] as const)('takes 0.04 %% of every lot at 06:00 JST, both sides, in yen: %s', (feeRounding, [long, short]) => {
  const at = exchange({ JPY: '1000000' }, { feeRounding });
  at.onBook(
    'BTC_JPY',
    [
      [126_262.5, 1],
      [1_250, 1],
    ],
    [[126_263, 1]],
    21 * HOUR - 2,
  );
  placed(at, order('BTC_JPY', 'buy', '1'), 21 * HOUR - 2);
  placed(at, order('BTC_JPY', 'sell', '0.1'), 21 * HOUR - 2);
  at.onBook('BTC_JPY', [[126_262.5, 1]], [[12_500, 1]], 21 * HOUR - 1);
  const before = Number(yen(at));
  const fees = at.onTime(21 * HOUR).flatMap((report) => (report.kind === 'holding_fee' ? [report.fee] : []));
  expect(fees.map(({ amount }) => amount.toString())).toEqual([long, short].filter((fee) => fee !== '0'));
  expect(fees[0]?.ts).toBe(21 * HOUR);
  expect(before - Number(yen(at))).toBeCloseTo(Number(long) + Number(short), 9);
  expect(at.onTime(45 * HOUR - 1)).toEqual([]);
  expect(told(at.onTime(93 * HOUR)).filter((kind) => kind === 'holding_fee')).toHaveLength(3 * fees.length);
});
