import { it } from 'vitest';
import { expectAgreement } from '../support/expect-agreement.js';

it('ends with one equity in the curve, in the books and at the exchange', () => {
  expectAgreement(2);
});
