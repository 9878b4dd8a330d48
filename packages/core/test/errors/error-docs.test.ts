import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors/codes.js';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

/** Rows `| CODE | exit | meaning | what to do |` of the page. */
const documented = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (.+?) \| (.+?) \|$/gm)].map(
  ([, code, exit, meaning, advice]) => ({ code, exit: Number(exit), meaning, advice }),
);

describe('docs/errors.md', () => {
  it('lists every code of the product and no other', () => {
    expect(documented.map((row) => row.code).sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });

  it.each(Object.entries(ERROR_CODES))('says of %s what the code says, and what to do', (code, { exit, meaning }) => {
    const row = documented.find((each) => each.code === code);
    expect(row).toMatchObject({ exit, meaning });
    expect(row?.advice).toMatch(/^[A-Z].*\.$/);
  });

  it('explains every exit status in use and no other', () => {
    const explained = [...page.matchAll(/^\| (\d+) \| [^|]+ \|$/gm)].map(([, status]) => Number(status));
    const inUse = new Set([0, ...Object.values(ERROR_CODES).map(({ exit }) => exit)]);
    expect(explained.sort((a, b) => a - b)).toEqual([...inUse].sort((a, b) => a - b));
  });
});
