import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Alpha, runAlpha } from '../support/alpha.js';
import { shortTape } from '../support/short-tape.js';
import { tempFolder } from '../support/temp-folder.js';

const STANDBY = 'standby: another engine uses this data folder; this one takes over when it ends';

it('a standby waits for the engine of its folder and trades on when that one is killed; nothing is sent twice', async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, 90);
  const play = ['--tape', tape.path, '--speed', '5', '--hold', '6', '--origin', 'tape'];
  const simulator = new Alpha(['sim', 'gmo', '--port', '0', '--json', ...play], { folder });
  const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
  const env = {
    REST_BASE_URL: String(restBaseUrl),
    WS_PUBLIC_URL: String(wsPublicUrl),
    SYMBOLS: 'BTC,BTC_JPY',
    ALPHA_MAX_SIGNAL_AGE_MS: '86400000',
    ALPHA_MAX_DATA_AGE_MS: '86400000',
    ALPHA_IN_DOUBT_HORIZON_MS: '2000',
    API_KEY: 'demo-key',
    API_SECRET: 'demo-secret',
  };
  const strategy = ['--strategy', 'ma-cross', '--param', 'fast=3', '--param', 'slow=8', '--timeframe', '1s', '--live'];
  const engine = (...more: string[]) => new Alpha(['engine', ...strategy, '--json', ...more], { folder, env });
  const taken = async () => ((await (await fetch(`${restBaseUrl}/sim/stats`)).json()) as { orders: number }).orders;
  const orders = async (atLeast: number) => {
    while ((await taken()) < atLeast) await delay(20);
  };

  const first = engine();
  await first.line('engine started');
  const refused = await runAlpha(['engine', ...strategy], { folder, env });
  expect(refused).toMatchObject({ exit: 6, stderr: expect.stringContaining('--standby') });
  const second = engine('--standby');
  await second.line(STANDBY);
  const third = engine('--standby');
  await third.line(STANDBY);
  expect(await third.end('SIGTERM')).toMatchObject({ exit: 0 });
  const collector = new Alpha(['collect', '--json'], { folder, env });
  await orders(3);
  expect(second.output).not.toContain('engine started');

  const killed = performance.now();
  await first.end('SIGKILL');
  await second.line('engine started');
  const owned = performance.now();
  await second.line('books agree with the exchange');
  const agreed = performance.now();
  await orders((await taken()) + 1);
  const ms = [owned, agreed, performance.now()].map((at) => Math.round(at - killed));
  console.info(`after the kill, ms: owned ${ms[0]}, books agreed ${ms[1]}, next order ${ms[2]}`);

  await simulator.line('tape ended');
  await collector.end('SIGTERM');
  const stopped = await second.end('SIGTERM');
  expect(stopped.exit, stopped.stderr).toBe(0);
  expect(await second.line('engine stopped')).toMatchObject({ reconciled: true, differences: [] });
  const listed = await runAlpha(['orders', '--limit', '10000', '--json'], { folder, env });
  const ids = (JSON.parse(listed.stdout) as { exchangeOrderId: string | null }[]).flatMap(
    ({ exchangeOrderId }) => exchangeOrderId ?? [],
  );
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(await taken());
}, 120_000);
