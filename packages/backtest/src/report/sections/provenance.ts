import { faultText } from '../../data/row-faults.js';
import { durationText, numberText, timeText } from '../format.js';
import { html } from '../html.js';
import type { ReportSection } from '../report-section.js';

const NONE = '–';

/** Where the prices came from, so that somebody else can tell whether theirs are the same. */
export const provenance: ReportSection = {
  id: 'data',
  title: 'Data',
  body: ({ result: { data } }) =>
    data.length === 0
      ? null
      : html`<div class="scroll" tabindex="0" role="region" aria-label="Data"><table class="table"><thead><tr><th scope="col">Source</th><th scope="col" class="num">Rows</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="num">Gaps</th><th scope="col">Faults</th><th scope="col">SHA-256</th></tr></thead><tbody>${data.map(
          ({ faults, file, firstTs, gaps, lastTs, rows, sha256 }) =>
            html`<tr><td class="path">${file.split(/[\\/]/).at(-1) ?? file}</td><td class="num">${numberText(rows, 0)}</td><td>${timeText(firstTs)}</td><td>${timeText(lastTs)}</td><td class="num">${gaps.count === 0 ? '0' : `${numberText(gaps.count, 0)}, longest ${durationText(gaps.longestMs)}`}</td><td>${faults.length === 0 ? 'none' : faults.map(faultText).join('; ')}</td><td><code>${sha256?.slice(0, 16) ?? NONE}</code></td></tr>`,
        )}</tbody></table></div>${data.some(({ sha256 }) => sha256 !== null) ? html`<p class="note">${[...new Set(data.flatMap(({ columns }) => columns))].join(', ')}. The digest is of the file as it lies there, its first 16 digits.</p>` : null}`,
};
