import { readFile } from 'node:fs/promises';
import type { PageParts } from './report-html.js';

/** Script and style of the page, as `scripts/build-page.mjs` left them beside the built package. */
export async function readPageParts(): Promise<PageParts> {
  const part = (name: string) => readFile(new URL(`./page/${name}`, import.meta.url), 'utf8');
  const [script, style] = await Promise.all([part('main.js'), part('report.css')]);
  return { script, style };
}
