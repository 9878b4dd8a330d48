import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type GmoSimulator, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { afterEach, expect, it } from 'vitest';
import { Alpha } from '../support/alpha.js';
import { embedded, eventsOn, stop } from '../support/stopping.js';
import { tempFolder } from '../support/temp-folder.js';

const WITHIN = { timeout: 30_000, interval: 50 };
let simulator: GmoSimulator | undefined;

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

async function start(folder: string, env: Record<string, string>): Promise<{ collector: Alpha; url: string }> {
  const collector = new Alpha(['collect', '--metrics-port', '0', '--json'], { folder, env });
  return { collector, url: String((await collector.line('metrics server ready')).url) };
}

async function readiness(url: string): Promise<string> {
  const response = await fetch(`${url}/readyz`);
  const { reasons } = (await response.json()) as { reasons: readonly string[] };
  return `${response.status} ${reasons.join(' ')}`;
}

const loud = ({ output }: Alpha) => output.split('\n').filter((line) => /"level":"(warn|error)"/.test(line));

async function states(folder: string): Promise<string[]> {
  const events = await eventsOn(await embedded(folder));
  return events.flatMap((event) => (event.type === 'status' ? [event.data.state] : []));
}

/** Where nobody listens. */
async function nobody(): Promise<Record<string, string>> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return { REST_BASE_URL: `http://127.0.0.1:${port}` };
}

it('waits for an exchange in maintenance, says so, and collects once it opens', async () => {
  simulator = await startGmoSimulator({ faults: { seed: 1, faults: [{ kind: 'maintenance', at: '0s', for: '10m' }] } });
  const folder = await tempFolder();
  const { collector, url } = await start(folder, { REST_BASE_URL: simulator.restBaseUrl, SYMBOLS: 'BTC_JPY' });
  await expect.poll(() => readiness(url), WITHIN).toMatch(/^503 GMO Coin answered ERR-5201 .* Wait until it opens/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await collector.line('feed maintenance');
  expect(loud(collector)).toEqual([expect.stringContaining('"msg":"feed maintenance"')]);
  simulator.endFaults();
  await expect.poll(() => readiness(url), WITHIN).toBe('200 ');
  const { published } = await stop(collector);
  expect(published).toBeGreaterThan(0);
  const told = await states(folder);
  expect(told.slice(0, 2)).toEqual(['maintenance', 'connected']);
  expect(told.filter((state) => state === 'maintenance' || state === 'open')).toEqual(['maintenance', 'open']);
}, 60_000);

it('waits for an exchange that nobody answers for, and stops at once meanwhile', async () => {
  const folder = await tempFolder();
  const { collector, url } = await start(folder, { ...(await nobody()), SYMBOLS: 'BTC_JPY' });
  await expect
    .poll(() => readiness(url), WITHIN)
    .toMatch(
      /^503 No data of BTC_JPY has come yet\. Last word of its feed: disconnected, at .*; said then: .*ECONNREFUSED/,
    );
  await collector.line('feed disconnected');
  expect(loud(collector)).toEqual([expect.stringContaining('"msg":"feed disconnected"')]);
  await stop(collector);
  expect(await states(folder)).toEqual(['disconnected', 'disconnected']);
}, 60_000);

it('waits for the symbols of an exchange that nobody answers for', async () => {
  const folder = await tempFolder();
  const { collector, url } = await start(folder, { ...(await nobody()), SYMBOLS: 'all' });
  await expect.poll(() => readiness(url), WITHIN).toMatch(/^503 .*ECONNREFUSED/);
  await collector.line('The exchange does not tell its symbols; it is asked again.');
  expect(loud(collector)).toEqual([expect.stringContaining('does not tell its symbols')]);
  const begun = performance.now();
  const { exit, stderr } = await collector.end('SIGTERM');
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(performance.now() - begun).toBeLessThan(2_000);
}, 60_000);
