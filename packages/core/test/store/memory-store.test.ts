import { MemoryStore } from '@alpha-engine/core';
import { STORE_CASES } from '@alpha-engine/core/testing';
import { describe, it } from 'vitest';

describe('the record in memory', () => {
  for (const { name, run } of STORE_CASES) it(name, () => run(new MemoryStore()));
});
