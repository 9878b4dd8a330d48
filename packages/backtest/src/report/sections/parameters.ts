import { type Html, html } from '../html.js';
import type { ReportSection } from '../report-section.js';

/** What was run, and within which limits. */
export const parameters: ReportSection = {
  id: 'parameters',
  title: 'Parameters',
  body: ({ settings, strategies }) =>
    html`<div class="columns">${strategies.map(({ codeHash, label, params, symbol, timeframe }) =>
      table(`${label} on ${symbol} ${timeframe}`, [
        ...Object.entries(params).map(([key, value]) => [key, valueText(value)] as const),
        ...(codeHash === '' ? [] : [['code', codeHash.replace(/^sha256:/, '').slice(0, 16)] as const]),
      ]),
    )}${settings.map(({ rows, title }) => table(title, Object.entries(rows)))}</div>`,
};

function table(title: string, rows: readonly (readonly [string, string])[]): Html {
  return html`<table class="table plain"><caption>${title}</caption><tbody>${
    rows.length === 0
      ? html`<tr><td class="none">none</td></tr>`
      : rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="num">${value}</td></tr>`)
  }</tbody></table>`;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
