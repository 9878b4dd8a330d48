import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { documentedCommands } from '../../scripts/reference/cli-reference.js';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

it('is answered from a manifest that knows every command, so that none has to be loaded', async () => {
  const manifest = fileURLToPath(new URL('../../oclif.manifest.json', import.meta.url));
  const { commands } = JSON.parse(await readFile(manifest, 'utf8'));
  const names = Object.keys(commands).map((id) => id.replaceAll(':', ' '));
  expect(names.sort()).toEqual([...documentedCommands].sort());
});

it.each([[['--help']], [['engine', '--help']], [['help', 'sim', 'gmo']]])('%j prints and ends well', async (args) => {
  const { exit, stdout, stderr } = await runAlpha(args, { folder: await tempFolder() });
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toContain('USAGE');
});
