import { changeText, percentText } from '../format.js';
import { type Html, html } from '../html.js';
import { monthReturns } from '../month-returns.js';
import type { ReportSection } from '../report-section.js';

const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A month that moved this much, or the strongest if that moved more, has the full colour. */
const FULL = 0.05;

export const months: ReportSection = {
  id: 'months',
  title: 'Returns by month',
  body: ({ result: { curve } }) => {
    const years = monthReturns(curve.times, curve.values);
    if (years.length === 0) return null;
    const strongest = Math.max(FULL, ...years.flatMap((year) => year.months.map((value) => Math.abs(value ?? 0))));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Returns by month"><table class="table heat"><thead><tr><th scope="col">Year</th>${NAMES.map(
      (name) => html`<th scope="col" class="num">${name}</th>`,
    )}<th scope="col" class="num">Year</th></tr></thead><tbody>${years.map(
      ({ months: values, total, year }) =>
        html`<tr><th scope="row">${year}</th>${values.map((value) => cell(value, strongest))}<td class="num total">${changeText(total, 1)}</td></tr>`,
    )}</tbody></table></div><p class="note">From the last equity of one month to the last of the next, UTC; the first and the last month are as long as the run was in them.</p>`;
  },
};

function cell(value: number | null, strongest: number): Html {
  if (value === null) return html`<td class="num none" aria-label="nothing was run">·</td>`;
  const heat = Math.min(1, Math.abs(value) / strongest).toFixed(2);
  return html`<td class="num ${value < 0 ? 'loss' : 'gain'}" style="--heat:${heat}" title="${percentText(value, 4)}">${changeText(value, 1)}</td>`;
}
