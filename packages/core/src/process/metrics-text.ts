import type { Metric } from 'prom-client';
import { METRICS, type MetricName } from '../telemetry/metric-names.js';
import type { MetricSample, MetricsRegistry } from '../telemetry/metrics.js';

export interface MetricsText {
  readonly contentType: string;
  /** Everything measured so far. */
  text(): Promise<string>;
}

/**
 * Writes a registry, and what `prom-client` knows of this Node process (memory, processor time, garbage collection, delay of
 * the event loop), in the text format of Prometheus. Needs the package `prom-client`, which is loaded here.
 */
export async function openMetricsText(registry: MetricsRegistry): Promise<MetricsText> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const page = new Registry();
  collectDefaultMetrics({ register: page });
  let samples: readonly MetricSample[] = [];
  for (const [name, { kind, help }] of Object.entries(METRICS)) {
    const get = async () => ({ name, help, type: kind, values: valuesOf(name as MetricName, samples) });
    // Metrics of prom-client keep values of their own; all that its registry asks of one is a name and `get`.
    page.registerMetric({ name, get } as unknown as Metric);
  }
  return {
    contentType: page.contentType,
    text: () => {
      samples = registry.samples();
      return page.metrics();
    },
  };
}

interface Line {
  readonly value: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly metricName?: string;
}

function valuesOf(name: MetricName, samples: readonly MetricSample[]): readonly Line[] {
  return samples.flatMap((sample) => (sample.name === name ? linesOf(sample) : []));
}

function linesOf({ name, histogram, labels, value }: MetricSample): readonly Line[] {
  if (histogram === undefined) return [{ value, labels }];
  const buckets = [
    ...histogram.buckets.map(({ le, count }) => ({ le: String(le), count })),
    { le: '+Inf', count: value },
  ];
  return [
    ...buckets.map(({ le, count }) => ({ value: count, labels: { ...labels, le }, metricName: `${name}_bucket` })),
    { value: histogram.sum, labels, metricName: `${name}_sum` },
    { value, labels, metricName: `${name}_count` },
  ];
}
