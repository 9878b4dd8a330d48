import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { showStrategy } from '../../src/services/strategies.js';
import { tempFolder } from '../support/temp-folder.js';

const EXAMPLES = fileURLToPath(new URL('../../../../examples', import.meta.url));

it('lists the further timeframes of a strategy with what each warms up with, and none where there are none', async () => {
  const { furtherTimeframes } = await showStrategy('./trend-filter.ts', EXAMPLES);
  expect(furtherTimeframes).toEqual([{ timeframe: '1h', warmup: 24 }]);
  expect((await showStrategy('ma-cross', EXAMPLES)).furtherTimeframes).toEqual([]);
});

it('does not know them where the strategy cannot be created with its default parameters', async () => {
  const picky = `export default { apiVersion: 1, name: 'picky', label: 'picky', description: '',
    params: { safeParse: (data) => ({ success: true, data }) }, create: () => { throw new Error('which model?'); } };`;
  const folder = await tempFolder({ 'picky.mjs': picky });
  expect((await showStrategy('./picky.mjs', folder)).furtherTimeframes).toBeNull();
});
