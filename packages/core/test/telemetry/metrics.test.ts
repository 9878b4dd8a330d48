import { readFileSync } from 'node:fs';
import { METRICS, MetricsRegistry } from '@alpha-engine/core';
import { expect, test } from 'vitest';

test('counts add up, gauges stay as set, and histograms count at or below each bound', () => {
  const metrics = new MetricsRegistry();
  metrics.count('alpha_bus_trimmed_entries_total', 2, { stream: 'md:trade' });
  metrics.count('alpha_bus_trimmed_entries_total', 3, { stream: 'md:trade' });
  metrics.count('alpha_bus_trimmed_entries_total', 1, { stream: 'md:ticker' });
  metrics.set('alpha_bus_spool_bytes', 7);
  metrics.set('alpha_bus_spool_bytes', 0);
  for (const seconds of [0.0004, 0.0005, 0.2, 60]) metrics.observe('alpha_bus_publish_seconds', seconds);
  const [latency, spool, ticker, trade, ...rest] = metrics.samples();
  expect(rest).toEqual([]);
  expect(spool).toEqual({ name: 'alpha_bus_spool_bytes', labels: {}, value: 0 });
  expect(ticker).toMatchObject({ labels: { stream: 'md:ticker' }, value: 1 });
  expect(trade).toMatchObject({ labels: { stream: 'md:trade' }, value: 5 });
  expect(latency).toMatchObject({ value: 4, histogram: { sum: 60.2009 } });
  const at = (le: number) => latency?.histogram?.buckets.find((bucket) => bucket.le === le)?.count;
  expect([at(0.0001), at(0.0005), at(0.25), at(10)]).toEqual([0, 2, 3, 3]);
});

test('names say what is measured and in which unit', () => {
  for (const [name, { kind, help }] of Object.entries(METRICS)) {
    expect(name).toMatch(kind === 'counter' ? /^alpha_[a-z_]+_total$/ : kind === 'histogram' ? /_seconds$/ : /^alpha_/);
    expect(help).toMatch(/^[A-Z].*\.$/);
  }
});

test('docs/metrics.md lists every metric as it is', () => {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(alpha_\w+)` \| (\w+) \| (.*?) \| (.+) \|$/gm)].map((row) => row.slice(1));
  const told = Object.entries(METRICS).map(([name, { kind, labels, help }]) => [
    name,
    kind,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  expect(rows).toEqual(told);
});
