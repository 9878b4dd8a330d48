// Bundles what runs in the browser, the chart library with its licence in it, into dist/page: the report carries it in itself.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));

await build({
  entryPoints: [join(folder, 'page/main.ts'), join(folder, 'page/report.css')],
  outdir: join(folder, 'dist/page'),
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome110', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'inline',
  conditions: ['production'],
  charset: 'utf8',
});
