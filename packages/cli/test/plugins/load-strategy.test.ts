import { AlphaError, parseParams } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { describeParams } from '../../src/plugins/describe-params.js';
import { loadStrategy } from '../../src/plugins/load-strategy.js';
import { tempFolder } from '../support/temp-folder.js';

const TYPESCRIPT = `import { defineStrategy, type StrategyContext } from '@alpha-engine/core';
import { SMA } from 'trading-signals';
import { z } from 'zod';
import { TITLE } from './title.js';

export default defineStrategy({
  name: TITLE,
  params: z.object({ fast: z.number().int().positive().default(3), note: z.string().default('none') }),
  create: ({ fast }: { fast: number }) => {
    const average = new SMA(fast);
    return {
      warmup: fast,
      onBar(bar: { close: number }, ctx: StrategyContext) {
        if (average.add(bar.close) !== null) ctx.enterLong();
      },
    };
  },
});
`;

/** What a plug-in with its own copy of everything exports: nothing but a shape. */
const SHAPE = (name: string) => `export default {
  apiVersion: 1, name: '${name}', label: '${name}', description: '',
  params: { safeParse: (data) => ({ success: true, data }) },
  create: () => ({}),
};`;

async function failureOf(name: string, folder: string): Promise<AlphaError> {
  const error = await loadStrategy(name, folder).catch((caught) => caught);
  expect(AlphaError.is(error), String(error)).toBe(true);
  return error;
}

describe('a strategy', () => {
  it('is found by name when built in', async () => {
    const { strategy, origin, codeHash } = await loadStrategy('ma-cross', await tempFolder());
    expect([strategy.name, origin]).toEqual(['ma-cross', 'built-in']);
    expect(codeHash).toMatch(/^@alpha-engine\/strategies@\d/);
  });

  it('is read from a TypeScript file in a folder without packages, imports and all', async () => {
    const folder = await tempFolder({
      'my-strategy.ts': TYPESCRIPT,
      'title.ts': `export const TITLE: string = 'mine';`,
    });
    const { strategy, origin } = await loadStrategy('./my-strategy.ts', folder);
    expect([strategy.name, origin]).toEqual(['mine', 'file']);
    const decided: string[] = [];
    const instance = strategy.create(parseParams(strategy, { fast: '1' }));
    instance.onBar?.({ close: 1 } as never, { enterLong: () => decided.push('long') } as never);
    expect(decided).toEqual(['long']);
  });

  it.each(['plain.mjs', 'plain.js', 'sub/plain.ts'])('is read from %s', async (name) => {
    const folder = await tempFolder({ [name]: SHAPE('plain') });
    expect((await loadStrategy(name, folder)).strategy.name).toBe('plain');
  });

  it.each([
    ['default', { '.': { types: './index.d.ts', default: './index.js' } }],
    ['import only', { '.': { import: './index.js' } }],
    ['no exports', undefined],
  ])('is read from an npm package with the export condition: %s', async (_title, exports) => {
    const manifest = { name: 'some-package', version: '1.2.3', type: 'module', main: './index.js', exports };
    const folder = await tempFolder({
      'node_modules/some-package/package.json': JSON.stringify(manifest),
      'node_modules/some-package/index.js': SHAPE('packed'),
    });
    const { strategy, origin, codeHash } = await loadStrategy('some-package', folder);
    expect([strategy.name, origin, codeHash]).toEqual(['packed', 'package', 'some-package@1.2.3']);
  });

  it('has the same code hash in another folder, and another one after a change of a file it imports', async () => {
    const files = { 'my-strategy.ts': TYPESCRIPT, 'title.ts': `export const TITLE = 'mine';` };
    const [one, same, changed] = await Promise.all([
      tempFolder(files),
      tempFolder(files),
      tempFolder({ ...files, 'title.ts': `export const TITLE = 'other';` }),
    ]);
    const hashes = await Promise.all(
      [one, same, changed].map(async (folder) => (await loadStrategy('./my-strategy.ts', folder)).codeHash),
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });
});

describe('what is no strategy', () => {
  it('is named with what exists and what was tried', async () => {
    const folder = await tempFolder();
    const byName = await failureOf('ma-corss', folder);
    expect(byName.code).toBe('STRATEGY_NOT_FOUND');
    expect(byName.message).toContain('ma-cross, rsi, bollinger, breakout');
    expect(byName.message).toContain(folder);
    const byPath = await failureOf('./nothing.ts', folder);
    expect(byPath.code).toBe('STRATEGY_NOT_FOUND');
    expect(byPath.message).toContain('nothing.ts');
  });

  it.each([
    ['export const x = 1;', 'no default export'],
    ['export default { apiVersion: 2, name: "x" };', 'apiVersion 2'],
    ['export default { apiVersion: 1, name: "x", params: {} };', 'no create()'],
    ['export default { apiVersion: 1, name: "x", create() {} };', 'no params'],
    ['import "not-installed-anywhere"; export default 1;', 'not-installed-anywhere'],
    ['this is not TypeScript', 'cannot be loaded'],
  ])('is refused by shape: %s', async (source, reason) => {
    const error = await failureOf('./bad.ts', await tempFolder({ 'bad.ts': source }));
    expect(error.code).toBe('STRATEGY_INVALID');
    expect(error.message).toContain(reason);
  });
});

it('describes parameters with their limits and defaults', async () => {
  const { strategy } = await loadStrategy('ma-cross', '.');
  expect(describeParams(strategy)).toEqual([
    expect.objectContaining({ name: 'fast', type: 'integer', default: 10 }),
    expect.objectContaining({ name: 'slow', type: 'integer', default: 30 }),
  ]);
});
