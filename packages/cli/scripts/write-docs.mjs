// Writes docs/configuration.md and docs/cli.md from the sources; nothing needs to be built.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const root = new URL('../../../', import.meta.url);
const jiti = createJiti(import.meta.url, {
  tsconfigPaths: fileURLToPath(new URL('tsconfig.json', root)),
  fsCache: false,
});
const { configReference } = await jiti.import('./reference/config-reference.ts');
const { cliReference } = await jiti.import('./reference/cli-reference.ts');
await writeFile(new URL('docs/configuration.md', root), configReference());
await writeFile(new URL('docs/cli.md', root), cliReference());
