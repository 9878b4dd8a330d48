// node scripts/pack.mjs <folder>: packs the published packages, as built, into tarballs in that
// folder, which is emptied before.
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pnpm } from './workspace.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Say where to put the tarballs: node scripts/pack.mjs <folder>');
  process.exit(2);
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { status, text } = await pnpm(
  ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', resolve(folder)],
  { output: 'capture' },
);
if (status !== 0) console.error(text);
process.exitCode = status;
