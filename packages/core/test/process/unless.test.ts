import { getEventListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openUnless, unless, within } from '../../src/process/unless.js';

const never = () => new Promise<never>(() => {});

describe('unless', () => {
  it('answers what the work came to, and throws what it threw', async () => {
    const { signal } = new AbortController();
    expect(await unless(signal, Promise.resolve(1))).toBe(1);
    await expect(unless(signal, Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('throws the reason of a signal that aborts, or did already', async () => {
    const stop = new AbortController();
    const waiting = unless(stop.signal, never());
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(unless(stop.signal, never())).rejects.toThrow('enough');
  });

  it('gives work that is under way a moment of grace', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    expect(await unless(stop.signal, delay(5, 'done'), 10_000)).toBe('done');
    await expect(unless(stop.signal, never(), 5)).rejects.toThrow('enough');
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    await unless(signal, Promise.resolve());
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});

it('within tells the work that it is late, and why', async () => {
  let told: unknown;
  const work = (late: AbortSignal) => {
    late.addEventListener('abort', () => {
      told = late.reason;
    });
    return never();
  };
  await expect(within(5, 'Nobody answered.', work)).rejects.toThrow('Nobody answered.');
  expect(String(told)).toContain('Nobody answered.');
  expect(await within(10_000, 'Nobody answered.', () => Promise.resolve(2))).toBe(2);
});

it('openUnless closes what opens after all', async () => {
  const stop = new AbortController();
  let closed = (_: string) => {};
  const wasClosed = new Promise<string>((resolve) => {
    closed = resolve;
  });
  let open = (_: { close(): Promise<void> }) => {};
  const opening = openUnless(
    stop.signal,
    new Promise<{ close(): Promise<void> }>((resolve) => {
      open = resolve;
    }),
  );
  stop.abort(new Error('enough'));
  await expect(opening).rejects.toThrow('enough');
  open({ close: async () => closed('closed') });
  expect(await wasClosed).toBe('closed');
});
