import { changeText, numberText, timeText } from '../report/format.js';
import { type Html, html } from '../report/html.js';
import type { ReportSection } from '../report/report-section.js';
import { cellText, HeatScale } from './heat-scale.js';
import type { WalkedWindow } from './walk-forward.js';

/** Every window as a row of the report: what was found in sample beside what it then did out of sample. */
export function walkForwardSection(windows: readonly WalkedWindow[], objective: string): ReportSection {
  const values = windows.flatMap(({ chosen, outOfSample }) => [chosen?.value ?? null, outOfSample?.value ?? null]);
  const known = values.filter((value) => value !== null);
  const scale = new HeatScale(known);
  return {
    id: 'walk-forward',
    title: `Walk-forward: ${objective} in sample and out of sample`,
    body: () =>
      windows.length === 0
        ? null
        : html`<div class="scroll windows" tabindex="0" role="region" aria-label="The windows of the walk-forward"><table class="table heat"><thead>
<tr><th scope="col" rowspan="2">Tested from</th><th scope="colgroup" colspan="2" class="num">${objective}</th><th scope="colgroup" colspan="2" class="num">Return</th><th scope="colgroup" colspan="2" class="num">Trades</th><th scope="col" rowspan="2" class="when">Parameters</th><th scope="col" rowspan="2" class="when">Tested to</th><th scope="col" rowspan="2" class="when">Trained from</th></tr>
<tr>${[1, 2, 3].map(() => html`<th scope="col" class="num">in</th><th scope="col" class="num">out</th>`)}</tr></thead><tbody>${windows.map((window) => row(window, scale))}</tbody></table></div>${known.length === 0 ? null : scale.legend(objective)}<p class="note">In: the best of the training, on the training. Out: the same parameters on the bars that follow, which the search has not seen. Everything else on this page is made of the tests alone, one after the other on one account. Out-of-sample figures far below those in sample say that the search finds chance.</p>`,
  };
}

function row({ chosen, failure, outOfSample, test, train }: WalkedWindow, scale: HeatScale): Html {
  const before = chosen === null || 'failed' in chosen.outcome ? null : chosen.outcome.metrics;
  const after = outOfSample?.result.metrics;
  const parameters = chosen === null ? 'nothing found' : wordsOf(chosen.point);
  const remark = failure === null ? '' : ` (${failure.failed.replaceAll('_', ' ')}: ${failure.message})`;
  return html`<tr><th scope="row">${momentText(test.from)}</th>
${heated(chosen?.value, scale)}${heated(outOfSample?.value, scale)}
${plain(before?.totalReturn, changeText)}${plain(after?.totalReturn, changeText)}
${plain(before?.trades, wholeText)}${plain(after?.trades, wholeText)}<td class="when">${parameters}${remark}</td><td class="when">${momentText(test.to)}</td><td class="when">${momentText(train.from)}</td></tr>
`;
}

function plain(value: number | null | undefined, text: (value: number) => string): Html {
  return value == null ? html`<td class="num none">–</td>` : html`<td class="num">${text(value)}</td>`;
}

function wholeText(value: number): string {
  return numberText(value, 0);
}

function heated(value: number | null | undefined, scale: HeatScale): Html {
  if (value === null || value === undefined) return html`<td class="num none">–</td>`;
  const { strength, tone } = scale.of(value);
  return html`<td class="num ${tone}" style="--heat:${strength.toFixed(2)}" title="${value}">${cellText(value)}</td>`;
}

/** Windows mostly begin with a day. */
function momentText(ts: number): string {
  return timeText(ts).replace(/ 00:00$/, '');
}

function wordsOf(point: Readonly<Record<string, number | string>>): string {
  return Object.entries(point)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
