import assert from 'node:assert/strict';
import { AlphaError } from '../errors/alpha-error.js';
import type { ErrorCode } from '../errors/codes.js';
import type { InputLogRow, Store } from '../store/store.js';

export interface StoreCase {
  readonly name: string;
  /** Gets an empty store whose schema is up to date, and does not close it. */
  run(store: Store): Promise<void>;
}

/** The brain of the cases. */
export const BRAIN = 'strategy:gmo';

/** Texts and numbers that databases like to spoil. */
export const AWKWARD = { text: '日本語 🚀 "quoted" \\ \u0000 \ud800 \n', z: [1, null, { b: -0.1, a: 1e308 }], a: true };

export async function rejects(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(AlphaError.is(error, code), `expected ${code}, got ${String(error)}`);
    return true;
  });
}

export async function rows(log: AsyncIterable<InputLogRow>): Promise<readonly InputLogRow[]> {
  const all: InputLogRow[] = [];
  for await (const row of log) all.push(row);
  return all;
}
