import { type Html, html } from '../report/html.js';
import type { ReportSection } from '../report/report-section.js';
import type { ParamValue } from './dimension.js';
import type { JudgedTrial } from './rank.js';

/** Values of a side that are shown one by one; more are put together. */
const MOST_VALUES = 24;
const BINS = 12;
/** Pairs of parameters that are shown. */
const MOST_PAIRS = 6;

interface Side {
  readonly name: string;
  readonly labels: readonly string[];
  place(value: ParamValue): number;
}

/** What was tried, as a section of the report: for every two parameters the mean of the objective, over all values of the others. */
export function heatMap(trials: readonly JudgedTrial[], objective: string): ReportSection {
  const names = Object.keys(trials[0]?.point ?? {});
  const pairs = names.flatMap((row, index) => names.slice(index + 1).map((column) => [row, column] as const));
  return {
    id: 'search',
    title: `Search: ${objective} by parameters`,
    body: () =>
      pairs.length === 0
        ? null
        : html`${pairs.slice(0, MOST_PAIRS).map(([row, column]) => map(trials, row, column))}<p class="note">Mean of ${objective} over the ${trials.length} trials of the search; a dot is where none has the figure and meets the requirements. A single bright cell among dark ones is chance more often than a broad field is.</p>`,
  };
}

function map(trials: readonly JudgedTrial[], rowName: string, columnName: string): Html {
  const [rows, columns] = [sideOf(trials, rowName), sideOf(trials, columnName)];
  const cells = new Map<number, number[]>();
  for (const { point, standing, value } of trials) {
    if (standing !== 'found' || value === null) continue;
    const key =
      rows.place(point[rowName] as ParamValue) * columns.labels.length + columns.place(point[columnName] as ParamValue);
    cells.set(key, [...(cells.get(key) ?? []), value]);
  }
  const means = new Map([...cells].map(([key, values]) => [key, values.reduce((a, b) => a + b) / values.length]));
  const strongest = Math.max(Number.MIN_VALUE, ...[...means.values()].map(Math.abs));
  const label = `${rowName} down, ${columnName} across`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="table heat"><caption>${label}</caption><thead><tr><th scope="col">${rowName} \\ ${columnName}</th>${columns.labels.map(
    (text) => html`<th scope="col" class="num">${text}</th>`,
  )}</tr></thead><tbody>${rows.labels.map(
    (text, row) =>
      html`<tr><th scope="row">${text}</th>${columns.labels.map((_, column) => cell(means.get(row * columns.labels.length + column), strongest))}</tr>`,
  )}</tbody></table></div>`;
}

function cell(value: number | undefined, strongest: number): Html {
  if (value === undefined) return html`<td class="num none" aria-label="nothing found">·</td>`;
  const heat = (Math.abs(value) / strongest).toFixed(2);
  return html`<td class="num ${value < 0 ? 'loss' : 'gain'}" style="--heat:${heat}" title="${value}">${Number(value.toPrecision(3))}</td>`;
}

/** The values that were tried; where they are many numbers, as many in each part. */
function sideOf(trials: readonly JudgedTrial[], name: string): Side {
  const values = [...new Set(trials.map(({ point }) => point[name] as ParamValue))];
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length < values.length || numbers.length <= MOST_VALUES) {
    const all: readonly ParamValue[] = numbers.length < values.length ? values : numbers;
    return { name, labels: all.map(String), place: (value) => all.indexOf(value) };
  }
  const ends = Array.from({ length: BINS }, (_, bin) => numbers[Math.floor((bin * numbers.length) / BINS)] as number);
  const place = (value: ParamValue) => ends.findLastIndex((end) => end <= Number(value));
  return { name, labels: ends.map((end) => `${Number(end.toPrecision(4))} …`), place };
}
