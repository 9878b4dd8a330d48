import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AlphaError } from '@alpha-engine/core';
import { expect, it } from 'vitest';
import { engineVersions } from '../../src/services/engine-versions.js';
import { openTrials } from '../../src/services/open-trials.js';
import { tempFolder } from '../support/temp-folder.js';

const codeOf = (error: unknown) => (AlphaError.is(error) ? error.code : String(error));

it('keeps a file of trials to one search at a time, and leaves nothing beside it', async () => {
  const folder = await tempFolder({ 'trials.jsonl.bak': 'mine' });
  const path = join(folder, 'trials.jsonl');
  const first = await openTrials(path, { seed: 1 });
  expect(await openTrials(path, { seed: 1 }).catch(codeOf)).toBe('SEARCH_LOCKED');
  await first.close();
  expect(await openTrials(path, { seed: 2 }).catch(codeOf)).toBe('USAGE');
  const second = await openTrials(path, { seed: 1 });
  await second.close();
  expect(await readdir(folder)).toEqual(['trials.jsonl', 'trials.jsonl.bak']);
});

it('says that there is no such folder', async () => {
  const path = join(await tempFolder(), 'none', 'trials.jsonl');
  expect(await openTrials(path, {}).catch(codeOf)).toBe('DATA_UNREADABLE');
});

it('refuses trials that another engine made', async () => {
  const engine = await engineVersions();
  expect(engine).toMatchObject({ node: process.version, core: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  const path = join(await tempFolder(), 'trials.jsonl');
  await (await openTrials(path, { engine: { ...engine, core: '0.0.0' } })).close();
  const error = await openTrials(path, { engine }).catch((caught: unknown) => caught);
  expect(String(error)).toContain('its engine is not that of this one');
});
