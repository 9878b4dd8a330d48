import { expect, it } from 'vitest';
import { confidence } from '../../../src/risk/checks/confidence.js';
import { denies, intentOf, limitsOf, viewOf } from '../bench.js';

const view = viewOf({ limits: limitsOf({ minConfidence: 0.5 }) });

it('denies too little of it, too much, and what is no number', () => {
  expect(denies(confidence, intentOf({ confidence: 0.5 }), view)).toBeUndefined();
  expect(denies(confidence, intentOf({ confidence: 0.49 }), view)).toContain('MIN_CONFIDENCE is 0.5');
  expect(denies(confidence, intentOf({ confidence: 1.01 }), view)).toContain('1.01');
  expect(denies(confidence, intentOf({ confidence: Number.NaN }), view)).toContain('NaN');
});

it('asks nothing of an order that is looked at once more', () => {
  expect(denies(confidence, intentOf({ confidence: null }), view)).toBeUndefined();
});
