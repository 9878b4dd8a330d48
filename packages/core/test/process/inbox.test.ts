import { expect, test } from 'vitest';
import { Inbox } from '../../src/process/inbox.js';

const never = new AbortController().signal;

test('hands over what waits at once and in order', async () => {
  const inbox = new Inbox<number>();
  inbox.push(1);
  inbox.push(2);
  expect(await inbox.take(10_000, never)).toEqual([1, 2]);
  expect(await inbox.take(0, never)).toEqual([]);
});

test('wakes a waiting reader with the first item', async () => {
  const inbox = new Inbox<string>();
  const waiting = inbox.take(10_000, never);
  inbox.push('now');
  expect(await waiting).toEqual(['now']);
});

test('an abort ends the wait with nothing', async () => {
  const inbox = new Inbox<string>();
  const stop = new AbortController();
  const waiting = inbox.take(10_000, stop.signal);
  stop.abort();
  expect(await waiting).toEqual([]);
});
