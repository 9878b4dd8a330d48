import { html } from '../html.js';
import type { ReportSection } from '../report-section.js';

export const assumptions: ReportSection = {
  id: 'assumptions',
  title: 'Assumptions',
  body: ({ result }) =>
    result.assumptions.length === 0
      ? null
      : html`<ul class="sentences">${result.assumptions.map((sentence) => html`<li>${sentence}</li>`)}</ul>`,
};
