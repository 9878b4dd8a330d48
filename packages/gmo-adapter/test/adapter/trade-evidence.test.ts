import { beforeEach, describe, expect, it } from 'vitest';
import { TradeEvidence } from '../../src/adapter/trade-evidence.js';

let evidence: TradeEvidence;
const ticker = (last: number, volume: number, trades: number, now: number) =>
  evidence.ticker({ ts: 1_000_000 + now, data: { last, volume, bid: 1, ask: 2, high: 1, low: 1 } }, trades, now);

beforeEach(() => {
  evidence = new TradeEvidence();
  ticker(100, 10, 5, 0);
});

describe('a ticker as a witness of trades', () => {
  it('tells of one when the last price moved and none came', () => {
    ticker(101, 10, 5, 4_000);
    expect(evidence.overdueFrom(5, 6_000)).toBeNull();
    expect(evidence.overdueFrom(5, 6_001)).toBe(1_000_000);
    expect(evidence.overdueFrom(5, 7_000)).toBeNull();
  });

  it('tells of one when the volume grew at the same price; it shrinks by itself', () => {
    ticker(100, 9, 5, 4_000);
    expect(evidence.overdueFrom(5, 9_000)).toBeNull();
    ticker(100, 9.5, 5, 9_000);
    expect(evidence.overdueFrom(5, 12_000)).toBe(1_004_000);
  });

  it('tells nothing of trades that came before it, or soon after', () => {
    ticker(101, 11, 6, 4_000);
    expect(evidence.overdueFrom(6, 9_000)).toBeNull();
    ticker(102, 12, 6, 10_000);
    expect(evidence.overdueFrom(7, 13_000)).toBeNull();
    expect(evidence.overdueFrom(7, 99_000)).toBeNull();
  });

  it('tells at once of one that a later one came instead of', () => {
    ticker(101, 11, 5, 4_000);
    expect(evidence.trade(1_004_001)).toBe(true);
    expect(evidence.trade(1_004_002)).toBe(false);
    ticker(102, 12, 7, 8_000);
    ticker(103, 13, 7, 12_000);
    expect(evidence.trade(1_012_000)).toBe(false);
    evidence.judged(false, 13_000);
    ticker(104, 14, 8, 16_000);
    ticker(105, 15, 8, 20_000);
    expect(evidence.trade(1_020_001)).toBe(false);
  });

  it('is asked less and less often while it is wrong', () => {
    let alarms = 0;
    for (let now = 4_000; now < 3_600_000; now += 1_000) {
      if (now % 4_000 === 0) ticker(now, 10, 5, now);
      if (evidence.overdueFrom(5, now) === null) continue;
      alarms++;
      evidence.judged(false, now);
    }
    expect(alarms).toBeGreaterThan(20);
    expect(alarms).toBeLessThan(40);
    evidence.judged(true, 3_600_000);
    ticker(1, 10, 5, 3_600_000);
    expect(evidence.overdueFrom(5, 3_602_001)).not.toBeNull();
  });

  it('is asked in the end for a trade that made itself known while it was not to be asked', () => {
    evidence.judged(false, 1_000);
    ticker(101, 11, 5, 4_000);
    expect(evidence.trade(1_004_001)).toBe(false);
    ticker(102, 12, 9, 8_000);
    ticker(103, 13, 9, 9_000);
    expect(evidence.overdueFrom(10, 10_999)).toBeNull();
    expect(evidence.overdueFrom(10, 11_000)).toBe(1_000_000);
    expect(evidence.overdueFrom(10, 12_000)).toBeNull();
  });

  it('hands on at a cut what REST was not asked for yet', () => {
    evidence.judged(false, 1_000);
    ticker(101, 11, 5, 4_000);
    expect(evidence.trade(1_004_001)).toBe(false);
    expect(evidence.forget()).toBe(1_000_000);
    expect(evidence.overdueFrom(6, 99_000)).toBeNull();
  });

  it('does not compare across a cut', () => {
    expect(evidence.forget()).toBeNull();
    ticker(101, 11, 5, 4_000);
    expect(evidence.overdueFrom(5, 9_000)).toBeNull();
  });
});
