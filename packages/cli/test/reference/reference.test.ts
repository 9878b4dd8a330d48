import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cliReference, documentedCommands } from '../../scripts/reference/cli-reference.js';
import { configReference } from '../../scripts/reference/config-reference.js';

const path = (relative: string) => fileURLToPath(new URL(`../../../../${relative}`, import.meta.url));

it.each([
  ['docs/configuration.md', configReference],
  ['docs/cli.md', cliReference],
])('%s is what the sources say (node packages/cli/scripts/write-docs.mjs writes it)', async (page, render) => {
  expect(await readFile(path(page), 'utf8')).toBe(render());
});

it('has a chapter for every command', async () => {
  const files = await readdir(path('packages/cli/src/commands'), { recursive: true });
  const commands = files
    .filter((name) => name.endsWith('.ts'))
    .map((name) =>
      name
        .slice(0, -3)
        .replace(/\/index$/, '')
        .replaceAll('/', ' '),
    );
  expect([...documentedCommands].sort()).toEqual(commands.sort());
});

it('names every fixed environment variable', () => {
  const fixed =
    'EXCHANGE_NAME WS_PUBLIC_URL REST_BASE_URL SYMBOLS REDIS_URL DATABASE_URL STRATEGY_NAME ENABLE_STRATEGY ENABLE_EXECUTION API_KEY API_SECRET CAPITAL MAX_POSITION_SIZE MAX_DRAWDOWN_PCT LOG_LEVEL';
  for (const name of fixed.split(' ')) expect(configReference()).toContain(`\`${name}\``);
});
