import { expect, it } from 'vitest';
import { unknownInstrument } from '../../../src/risk/checks/unknown-instrument.js';
import { denies, exitIntent, intentOf, viewOf } from '../bench.js';

it('denies a symbol that is not traded, exits too', () => {
  expect(denies(unknownInstrument, intentOf(), viewOf())).toBeUndefined();
  expect(denies(unknownInstrument, exitIntent, viewOf({ instrument: null }))).toContain(
    'BTC_JPY is not one of the symbols',
  );
});
