import { expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function urlOf(alpha: Alpha): Promise<string> {
  return String((await alpha.line('metrics server ready')).url);
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, { headers });
  return { status: response.status, text: await response.text() };
}

/** Asks until the answer is as wanted; the test's time-out is the limit. */
async function until(url: string, wanted: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await get(url);
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The sum of a metric over its lines whose labels hold all of these. */
function sum(page: string, name: string, ...labels: readonly string[]): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}

it('shows on /metrics what a running spine does, and on /readyz that data stopped', { timeout: 60_000 }, async () => {
  const folder = await tempFolder();
  const { simulator, env } = await startSimulator(folder);
  const port = ['--metrics-port', '0', '--json'];
  const collector = new Alpha(['collect', ...port], { folder, env });
  const [engine, archiver] = [
    new Alpha(['engine', '--strategy', 'ma-cross', ...port], { folder, env }),
    new Alpha(['archive', ...port], { folder, env }),
  ];
  const urls = await Promise.all([collector, engine, archiver].map(urlOf));
  const [collectorUrl, engineUrl, archiverUrl] = urls as [string, string, string];
  for (const url of urls) {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await get(`${url}/healthz`)).status).toBe(200);
    const ready = await until(`${url}/readyz`, ({ status }) => status === 200);
    expect(JSON.parse(ready.text)).toEqual({ ready: true, reasons: [] });
  }

  const tradesOnBus = ({ text }: Answer) => sum(text, 'alpha_bus_stream_length', 'stream="md:trade"') > 0;
  const { text: collected } = await until(`${collectorUrl}/metrics`, tradesOnBus);
  expect(sum(collected, 'alpha_bus_published_events_total')).toBeGreaterThan(0);
  expect(sum(collected, 'alpha_bus_publish_seconds_count')).toBeGreaterThan(0);
  expect(sum(collected, 'alpha_bus_publish_seconds_bucket', 'le="+Inf"')).toBe(
    sum(collected, 'alpha_bus_publish_seconds_count'),
  );
  expect(sum(collected, 'alpha_process_ready')).toBe(1);
  expect(sum(collected, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);

  const valued = ({ text }: Answer) => sum(text, 'alpha_engine_equity') > 0;
  const { text: decided } = await until(`${engineUrl}/metrics`, valued);
  expect(sum(decided, 'alpha_store_commits_total', 'brain="execution:gmo"')).toBeGreaterThan(0);
  expect(sum(decided, 'alpha_store_commit_failures_total')).toBe(0);
  expect(sum(decided, 'alpha_bus_consumed_events_total', 'group="strategy:gmo"')).toBeGreaterThan(0);
  const archived = ({ text }: Answer) => sum(text, 'alpha_archive_rows_total') > 0;
  expect((await until(`${archiverUrl}/metrics`, archived)).text).toContain('alpha_archive_flush_seconds_count');

  // A port that is taken is said before anything is opened.
  const taken = ['collect', '--metrics-port', new URL(collectorUrl).port, '--json'];
  const refused = await runAlpha(taken, { folder, env });
  expect(refused.exit).toBe(6);
  expect(JSON.parse(refused.stderr).error).toMatchObject({ code: 'PORT_IN_USE' });

  await simulator.end('SIGKILL');
  const silent = await until(`${collectorUrl}/readyz`, ({ status }) => status === 503);
  expect(JSON.parse(silent.text).reasons).toEqual([
    expect.stringMatching(
      /^No data of BTC_JPY has come since \d{4}-[^ ]+Z\. Last word of its feed: disconnected, at [^ ]+Z; said then: .+\.$/,
    ),
  ]);
  expect((await get(`${collectorUrl}/healthz`)).status).toBe(200);
  const after = await get(`${collectorUrl}/metrics`);
  expect(sum(after.text, 'alpha_process_ready')).toBe(0);

  // The connections that fetch keeps open keep no process from ending.
  expect((await archiver.end('SIGTERM')).exit).toBe(0);
  expect((await collector.end('SIGTERM')).exit).toBe(0);
});

it('wants a token where others can reach it', async () => {
  const folder = await tempFolder();
  const { exit, stderr } = await runAlpha(['archive', '--metrics-port', '0', '--metrics-host', '0.0.0.0', '--json'], {
    folder,
  });
  expect(exit).toBe(2);
  expect(JSON.parse(stderr).error.message).toContain('Set METRICS_TOKEN');
});
