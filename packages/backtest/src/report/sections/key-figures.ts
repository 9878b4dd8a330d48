import { type Figure, KEY_FIGURES } from '../figures.js';
import { html } from '../html.js';
import type { ReportSection } from '../report-section.js';
import { term } from '../term.js';

export const keyFigures: ReportSection = {
  id: 'key-figures',
  title: 'Key figures',
  body: ({ result }) =>
    html`<dl class="key-figures">${KEY_FIGURES.map((figure: Figure) => html`<div>${term('dt', `k-${figure.id}`, figure)}<dd>${figure.text(result.metrics)}</dd></div>`)}</dl>`,
};
