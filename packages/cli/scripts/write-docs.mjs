// Writes docs/configuration.md and docs/cli.md from the sources; nothing needs to be built. With --check it writes
// nothing and fails when a page differs: `pnpm verify` runs it so.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const root = new URL('../../../', import.meta.url);
const jiti = createJiti(import.meta.url, {
  tsconfigPaths: fileURLToPath(new URL('tsconfig.json', root)),
  fsCache: false,
});
const { configReference } = await jiti.import('./reference/config-reference.ts');
const { cliReference } = await jiti.import('./reference/cli-reference.ts');
const pages = { 'docs/configuration.md': await configReference(), 'docs/cli.md': await cliReference() };

for (const [page, text] of Object.entries(pages)) {
  const file = new URL(page, root);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${page} is out of date. Run npm run docs:update.`);
    process.exitCode = 1;
  }
}
