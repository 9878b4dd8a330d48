import { expect, it } from 'vitest';
import { assertNamed, symbolsOf } from '../../src/services/symbols.js';

const history = { instruments: async () => ['BTC', 'ETH', 'BTC_JPY'].map((symbol) => ({ symbol }) as never) };

it('takes all for every symbol that is listed, those first that are named before', async () => {
  expect(await symbolsOf(['all'], history)).toEqual(['BTC', 'ETH', 'BTC_JPY']);
  expect(await symbolsOf(['BTC_JPY', 'all'], history)).toEqual(['BTC_JPY', 'BTC', 'ETH']);
  expect(await symbolsOf(['XRP'], history)).toEqual(['XRP']);
});

it('refuses all where each symbol has to be named', () => {
  expect(() => assertNamed(['BTC_JPY', 'all'], 'Why.')).toThrow(
    'SYMBOLS is BTC_JPY,all: "all" is for `alpha collect`. Why. Name the symbols.',
  );
  assertNamed(['BTC_JPY'], 'Why.');
});
