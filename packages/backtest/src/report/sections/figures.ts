import { FIGURE_GROUPS } from '../figures.js';
import { html } from '../html.js';
import type { ReportSection } from '../report-section.js';
import { term } from '../term.js';

export const figures: ReportSection = {
  id: 'figures',
  title: 'Figures',
  body: ({ quote, result: { metrics } }) =>
    html`<div class="columns">${FIGURE_GROUPS.map(
      ({ title, figures: group }) =>
        html`<table class="table plain"><caption>${title}</caption><tbody>${group.map(
          (figure) =>
            html`<tr>${term('th', `f-${title.toLowerCase()}-${figure.id}`, figure)}<td class="num">${figure.text(metrics)}</td></tr>`,
        )}</tbody></table>`,
    )}</div><p class="note">Money in ${quote === '' ? 'the currency of the account' : quote}; daily figures made yearly with ${metrics.daysPerYear} days from ${metrics.days} daily returns. Point at a name for its definition. A sample too small for a figure gives “not available”.</p>`,
};
