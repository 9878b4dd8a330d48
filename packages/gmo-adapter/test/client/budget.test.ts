import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/client/budget.js';
import { accountLimits, hostLimits } from '../../src/client/limits.js';
import { DEFAULT_TIMINGS, reconnectDelay } from '../../src/client/timings.js';

describe('Budget', () => {
  it('spaces its slots, first come first served', async () => {
    const budget = new Budget({ spacingMs: 30 });
    const times: number[] = [];
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2, 3].map(async (i) => {
        await budget.take();
        times.push(performance.now());
        order.push(i);
      }),
    );
    expect(order).toEqual([0, 1, 2, 3]);
    for (let i = 1; i < 4; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(29);
  });

  it('lets a burst through and then keeps the rate', async () => {
    let now = 0;
    const budget = new Budget({ spacingMs: 100, burst: 3, now: () => now });
    for (let i = 0; i < 3; i++) {
      expect(budget.waitMs).toBe(0);
      await budget.take();
    }
    expect(budget.waitMs).toBe(100);
    now = 100;
    expect(budget.waitMs).toBe(0);
  });

  it('lets none go before its time', () => {
    let now = 300;
    const budget = new Budget({ spacingMs: 100, burst: 2, notBefore: 1_000, now: () => now });
    expect(budget.waitMs).toBe(700);
    now = 1_000;
    expect(budget.waitMs).toBe(0);
  });

  it('counts from the arrival of the last one when it was long under way', async () => {
    let now = 0;
    const budget = new Budget({ spacingMs: 100, now: () => now });
    await budget.take();
    now = 70;
    budget.arrived();
    expect(budget.waitMs).toBe(100);
  });

  it('keeps an account below 20 requests in any second, burst and all', async () => {
    const { get } = accountLimits('https://limits.example', 'one');
    const times: number[] = [];
    while (times.length < 21) {
      await get.take();
      times.push(performance.now());
    }
    expect(times[4]! - times[0]!).toBeLessThan(100);
    expect(times[20]! - times[0]!).toBeGreaterThan(1_000);
  });

  it('holds everybody back while paused', async () => {
    const budget = new Budget({ spacingMs: 1 });
    budget.refused(60, 60);
    const start = performance.now();
    await budget.take();
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
  });

  it('pauses twice as long at each refusal that follows soon', async () => {
    let now = 0;
    const budget = new Budget({ spacingMs: 1, now: () => now });
    const refuseAt = (ms: number) => {
      now = ms;
      return budget.refused(60_000, 200_000);
    };
    expect(refuseAt(0)).toBe(60_000);
    // Another command was under way already.
    expect(refuseAt(1_000)).toBe(60_000);
    expect(budget.waitMs).toBe(59_000);
    expect(refuseAt(60_500)).toBe(120_000);
    expect(refuseAt(181_000)).toBe(200_000);
    expect(refuseAt(381_000 + 200_001)).toBe(60_000);
  });

  it('gives up without spending a slot when its caller does', async () => {
    const budget = new Budget({ spacingMs: 50 });
    await budget.take();
    const abort = new AbortController();
    const waiting = budget.take(abort.signal);
    const next = budget.take();
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
    await next;
    expect(budget.waitMs).toBeLessThanOrEqual(50);
  });

  it('serves cancels before placements before reads, and equals in their order', async () => {
    const budget = new Budget({ spacingMs: 5 });
    await budget.take();
    const went: string[] = [];
    const take = (rank: 'cancel' | 'place' | 'read', name: string) =>
      budget.take(undefined, rank).then(() => went.push(name));
    await Promise.all([
      take('read', 'r1'),
      take('place', 'p1'),
      take('cancel', 'c1'),
      take('read', 'r2'),
      take('cancel', 'c2'),
      take('place', 'p2'),
    ]);
    expect(went).toEqual(['c1', 'c2', 'p1', 'p2', 'r1', 'r2']);
  });

  it('is one per host, whatever the scheme and the path', () => {
    expect(hostLimits('wss://a.example/ws/public/v1').commands).toBe(hostLimits('https://a.example/public').commands);
    expect(hostLimits('wss://a.example').commands).not.toBe(hostLimits('wss://b.example').commands);
  });
});

describe('reconnectDelay', () => {
  it('doubles from one to thirty seconds, a fifth of it by chance', () => {
    const delays = [0, 1, 2, 3, 4, 5, 60].map((failures) => reconnectDelay(DEFAULT_TIMINGS, failures, () => 0));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(reconnectDelay(DEFAULT_TIMINGS, 0, () => 1)).toBe(800);
  });
});
