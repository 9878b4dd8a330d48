import { METRICS, type MetricName, type NameOf } from './metric-names.js';

/** Label names and values, for example `{ stream: 'md:trade' }`. */
export type Labels = Readonly<Record<string, string>>;

/** Where measurements go. Cheap enough for every batch, not meant for every event. */
export interface Metrics {
  /** Adds to a counter. */
  count(name: NameOf<'counter'>, amount: number, labels?: Labels): void;
  /** Sets a gauge. */
  set(name: NameOf<'gauge'>, value: number, labels?: Labels): void;
  /** Notes one duration, seconds. */
  observe(name: NameOf<'histogram'>, seconds: number, labels?: Labels): void;
}

export interface MetricSample {
  readonly name: MetricName;
  readonly labels: Labels;
  /** Of a counter or gauge; of a histogram the number of observations. */
  readonly value: number;
  /** Histograms only: the sum of all observations and, for each upper bound, how many were not above it. */
  readonly histogram?: {
    readonly sum: number;
    readonly buckets: readonly { readonly le: number; readonly count: number }[];
  };
}

/** Upper bounds in seconds: from a hundredth of a millisecond to ten seconds. */
const BOUNDS = [0.000_01, 0.000_1, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Cell {
  readonly name: MetricName;
  readonly labels: Labels;
  value: number;
  sum: number;
  readonly buckets: number[];
}

/** Metrics of one process as plain data: whoever shows them reads `samples`. */
export class MetricsRegistry implements Metrics {
  readonly #cells = new Map<string, Cell>();

  count(name: MetricName, amount: number, labels: Labels = {}): void {
    this.#cell(name, labels).value += amount;
  }

  set(name: MetricName, value: number, labels: Labels = {}): void {
    this.#cell(name, labels).value = value;
  }

  observe(name: MetricName, seconds: number, labels: Labels = {}): void {
    const cell = this.#cell(name, labels);
    cell.value++;
    cell.sum += seconds;
    const bound = BOUNDS.findIndex((le) => seconds <= le);
    if (bound >= 0) cell.buckets[bound] = (cell.buckets[bound] ?? 0) + 1;
  }

  /** By name and labels. */
  samples(): readonly MetricSample[] {
    const cells = [...this.#cells].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return cells.map(([, { name, labels, value, sum, buckets }]) => {
      if (METRICS[name].kind !== 'histogram') return { name, labels, value };
      let count = 0;
      const cumulative = BOUNDS.map((le, n) => {
        count += buckets[n] ?? 0;
        return { le, count };
      });
      return { name, labels, value, histogram: { sum, buckets: cumulative } };
    });
  }

  #cell(name: MetricName, labels: Labels): Cell {
    const key = `${name}${METRICS[name].labels.map((label) => `|${labels[label] ?? ''}`).join('')}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell = { name, labels, value: 0, sum: 0, buckets: [] };
    this.#cells.set(key, cell);
    return cell;
  }
}

/** Measures nothing. */
export const silentMetrics: Metrics = { count() {}, set() {}, observe() {} };
