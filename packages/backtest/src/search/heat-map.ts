import { type Html, html } from '../report/html.js';
import type { ReportSection } from '../report/report-section.js';
import type { ParamValue } from './dimension.js';
import { cellText, HeatScale } from './heat-scale.js';
import { type JudgedTrial, ranked } from './rank.js';

/** Values of a side that are shown one by one; more are put together. */
const MOST_VALUES = 24;
const BINS = 12;
/** Pairs of parameters that are shown. */
const MOST_PAIRS = 6;

interface Side {
  readonly name: string;
  readonly labels: readonly string[];
  place(trial: JudgedTrial): number;
}

/**
 * What was tried, as a section of the report: for every two parameters the mean of the objective, over all values of the others; of a
 * single parameter for each of its values.
 */
export function heatMap(trials: readonly JudgedTrial[], objective: string): ReportSection {
  const names = Object.keys(trials[0]?.point ?? {});
  const pairs = names.flatMap((row, index) => names.slice(index + 1).map((column) => [row, column] as const));
  const shown = pairs
    .slice(0, MOST_PAIRS)
    .map(([row, column]) => [sideOf(trials, row), sideOf(trials, column)] as const);
  const [only] = names;
  const maps = names.length === 1 && only !== undefined ? [[sideOf(trials, only), alone(objective)] as const] : shown;
  const left = pairs.length - shown.length;
  const more = left > 0 ? ` ${left} more pairs of parameters are not shown.` : '';
  return {
    id: 'search',
    title: `Search: ${objective} by parameters`,
    body: () =>
      maps.length === 0
        ? null
        : html`<div class="maps">${maps.map(([rows, columns]) => map(trials, rows, columns, objective))}</div><p class="note">Mean of ${objective} over the ${trials.length} trials of the search; the best lies in the cell with a frame. Nothing: not tried; ×: every trial failed; –: none has the figure and meets the requirements. A single bright cell among pale ones is chance more often than a broad field is.${more}</p>`,
  };
}

function map(trials: readonly JudgedTrial[], rows: Side, columns: Side, objective: string): Html {
  const cells = new Map<number, JudgedTrial[]>();
  const keyOf = (trial: JudgedTrial) => rows.place(trial) * columns.labels.length + columns.place(trial);
  for (const trial of trials) {
    const key = keyOf(trial);
    const known = cells.get(key);
    if (known === undefined) cells.set(key, [trial]);
    else known.push(trial);
  }
  const means = new Map([...cells].map(([key, list]) => [key, meanOf(list)]));
  const scale = new HeatScale([...means.values()].filter((mean) => mean !== null));
  const [best] = ranked(trials);
  const bestKey = best?.standing === 'found' ? keyOf(best) : null;
  const cell = (key: number): Html => {
    const mean = means.get(key);
    if (mean === undefined) return html`<td class="none" aria-label="not tried"></td>`;
    if (mean === null) return nothing(cells.get(key) as readonly JudgedTrial[]);
    const { strength, tone } = scale.of(mean);
    return html`<td class="num ${tone}${key === bestKey ? ' best' : ''}" style="--heat:${strength.toFixed(2)}" title="${mean}">${cellText(mean)}</td>`;
  };
  const single = columns.name === '';
  const label = single ? rows.name : `${rows.name} down, ${columns.name} across`;
  const legend = [...means.values()].some((mean) => mean !== null) ? scale.legend(objective) : null;
  return html`<div class="map"><div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="table heat"><caption>${label}</caption><thead><tr><th scope="col">${single ? rows.name : `${rows.name} \\ ${columns.name}`}</th>${columns.labels.map(
    (text) => html`<th scope="col" class="num">${text}</th>`,
  )}</tr></thead><tbody>${rows.labels.map(
    (text, row) =>
      html`<tr><th scope="row">${text}</th>${columns.labels.map((_, column) => cell(row * columns.labels.length + column))}</tr>`,
  )}</tbody></table></div>${legend}</div>`;
}

function meanOf(trials: readonly JudgedTrial[]): number | null {
  const values = trials.flatMap(({ standing, value }) => (standing === 'found' && value !== null ? [value] : []));
  return values.length === 0 ? null : values.reduce((a, b) => a + b) / values.length;
}

function nothing(trials: readonly JudgedTrial[]): Html {
  return trials.every(({ standing }) => standing === 'failed')
    ? html`<td class="num none" title="every trial failed">×</td>`
    : html`<td class="num none" title="none has the figure and meets the requirements">–</td>`;
}

/** Across, where there is nothing to go across. */
function alone(objective: string): Side {
  return { name: '', labels: [objective], place: () => 0 };
}

/** The values that were tried; where they are many numbers, as many in each part. */
function sideOf(trials: readonly JudgedTrial[], name: string): Side {
  const of = ({ point }: JudgedTrial) => point[name] as ParamValue;
  const values = [...new Set(trials.map(of))];
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length < values.length || numbers.length <= MOST_VALUES) {
    const all: readonly ParamValue[] = numbers.length < values.length ? values : numbers;
    const places = new Map(all.map((value, place) => [value, place]));
    return { name, labels: all.map(String), place: (trial) => places.get(of(trial)) as number };
  }
  const cuts = Array.from({ length: BINS + 1 }, (_, bin) => Math.floor((bin * numbers.length) / BINS));
  const parts = cuts.slice(0, BINS).map((cut, bin) => numbers.slice(cut, cuts[bin + 1]));
  const begins = parts.map(([first]) => first as number);
  return {
    name,
    labels: parts.map((part) => [...new Set([part[0], part.at(-1)].map((end) => short(end as number)))].join('–')),
    place: (trial) => begins.findLastIndex((begin) => begin <= Number(of(trial))),
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(4))).replace('-', '\u2212');
}
