import { numberText, timeText } from '../format.js';
import { html } from '../html.js';
import type { ReportSection } from '../report-section.js';

/** Rows of denials that are written out; the counts above them hold all. */
const LISTED = 100;

/** What did not go as the strategy wanted: denials of the gate, strategies that threw, alarms. */
export const refusals: ReportSection = {
  id: 'refusals',
  title: 'Denials and failures',
  body: ({ result: { alarms, denials, failures } }) => {
    const counts = new Map<string, number>();
    for (const { data } of denials) counts.set(data.code, (counts.get(data.code) ?? 0) + 1);
    const list = (sentences: readonly string[]) =>
      html`<ul class="sentences">${sentences.slice(0, LISTED).map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
    const rest = (all: number) =>
      all > LISTED ? html`<p class="note">The first ${LISTED} of ${numberText(all, 0)}.</p>` : null;
    return html`${failures.length === 0 ? html`<p>No strategy threw.</p>` : html`<h3>Strategies that threw and were halted</h3>${list(failures.map(({ instanceId, message }) => `${instanceId}: ${message}`))}`}
${alarms.length === 0 ? null : html`<h3>Alarms</h3>${list(alarms)}${rest(alarms.length)}`}
${
  denials.length === 0
    ? html`<p>The gate denied nothing.</p>`
    : html`<p>The gate denied ${numberText(denials.length, 0)}: ${[...counts].map(([code, count]) => `${code} ${count}`).join(', ')}.</p>
<details><summary>Show them</summary><div class="scroll" tabindex="0" role="region" aria-label="Denials"><table class="table"><thead><tr><th scope="col">Time</th><th scope="col">Symbol</th><th scope="col">Action</th><th scope="col">Code</th><th scope="col">Why</th></tr></thead><tbody>${denials
        .slice(0, LISTED)
        .map(
          ({ data, symbol, ts }) =>
            html`<tr><td>${timeText(ts)}</td><td>${symbol}</td><td>${data.action}</td><td>${data.code}</td><td class="long">${data.message}</td></tr>`,
        )}</tbody></table></div>${rest(denials.length)}</details>`
}`;
  },
};
