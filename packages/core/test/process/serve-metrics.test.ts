import { createServer } from 'node:http';
import { MetricsRegistry, silentLogger } from '@alpha-engine/core';
import { afterEach, expect, test } from 'vitest';
import { type MetricsServer, type MetricsServerOptions, serveMetrics } from '../../src/process/serve-metrics.js';

const open: MetricsServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(options: Partial<MetricsServerOptions> = {}): Promise<string> {
  const server = await serveMetrics({
    port: 0,
    metrics: new MetricsRegistry(),
    reasons: async () => [],
    refresh: async () => {},
    logger: silentLogger,
    ...options,
  });
  open.push(server);
  return server.url;
}

test('writes counters, gauges and histograms as Prometheus reads them', async () => {
  const metrics = new MetricsRegistry();
  metrics.count('alpha_bus_trimmed_entries_total', 5, { stream: 'md:"odd\\one"\nname' });
  metrics.observe('alpha_bus_read_seconds', 0.3, { group: 'a' });
  const refresh = async () => metrics.set('alpha_bus_spool_bytes', 7);
  const response = await fetch(`${await serve({ metrics, refresh })}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      '# TYPE alpha_bus_trimmed_entries_total counter',
      '# HELP alpha_bus_trimmed_entries_total Entries removed from the head of a stream.',
      'alpha_bus_trimmed_entries_total{stream="md:\\"odd\\\\one\\"\\nname"} 5',
      'alpha_bus_spool_bytes 7',
      '# TYPE alpha_bus_read_seconds histogram',
      'alpha_bus_read_seconds_bucket{group="a",le="0.25"} 0',
      'alpha_bus_read_seconds_bucket{group="a",le="0.5"} 1',
      'alpha_bus_read_seconds_bucket{group="a",le="+Inf"} 1',
      'alpha_bus_read_seconds_sum{group="a"} 0.3',
      'alpha_bus_read_seconds_count{group="a"} 1',
      'alpha_process_ready 1',
    ]),
  );
});

test('is not ready for each reason, for a check that fails, and for one that does not answer', async () => {
  const answers = [async () => ['It sleeps.', 'It is dark.'], () => Promise.reject(new Error('No bus.'))];
  for (const [reasons, said] of [
    [answers[0]!, ['It sleeps.', 'It is dark.']],
    [answers[1]!, ['No bus.']],
    [() => new Promise<never>(() => {}), ['The bus or the database did not answer within 2 s.']],
  ] as const) {
    const url = await serve({ reasons });
    const response = await fetch(`${url}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { ready: false, reasons: said }]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }
});

test('does not look again while a look-up is under way, however often it is asked', async () => {
  let looks = 0;
  let answer = () => {};
  const refresh = () => {
    looks++;
    return new Promise<void>((resolve) => {
      answer = resolve;
    });
  };
  const url = await serve({ refresh });
  const asked = [fetch(`${url}/metrics`), fetch(`${url}/metrics`)];
  await Promise.all(asked);
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
  expect(looks).toBe(1);
  answer();
  await fetch(`${url}/metrics`);
  expect(looks).toBe(2);
});

test('shows what it has when the gauges cannot be looked up', async () => {
  const metrics = new MetricsRegistry();
  metrics.count('alpha_archive_rows_total', 3);
  const url = await serve({ metrics, refresh: () => Promise.reject(new Error('No bus.')) });
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('alpha_archive_rows_total 3\n');
});

test('shows the metrics to those with the token', async () => {
  const url = await serve({ token: 'open sesame' });
  const status = async (authorization?: string) =>
    (await fetch(`${url}/metrics`, authorization ? { headers: { authorization } } : {})).status;
  expect(await status()).toBe(401);
  expect(await status('Bearer open sesamE')).toBe(401);
  expect(await status('Bearer open')).toBe(401);
  expect(await status('Bearer open sesame')).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('answers to nothing else', async () => {
  const url = await serve();
  expect((await fetch(`${url}/secrets`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405);
});

test('a port that is taken and an address of another machine are told apart', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await expect(serve({ port })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
    message: expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`),
  });
  await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('EADDRNOTAVAIL'),
  });
  await new Promise((resolve) => other.close(resolve));
});
