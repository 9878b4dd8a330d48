import { join } from 'node:path';
import { silentLogger } from '@alpha-engine/core';
import { startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { collect } from '../../src/services/collect.js';
import { serveEngine } from '../../src/services/engine.js';
import { replay, replayBacktest } from '../../src/services/replay.js';
import { shortTape } from '../support/short-tape.js';
import { tempFolder } from '../support/temp-folder.js';

const logger = {
  ...silentLogger,
  warn: (f: unknown, m: string) => console.log('W', m, JSON.stringify(f).slice(0, 300)),
  error: (f: unknown, m: string) => console.log('E', m, JSON.stringify(f).slice(0, 600)),
};

test('inproc', { timeout: 200_000 }, async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, Number(process.env.SECONDS ?? 8));
  const simulator = await startGmoSimulator({
    tape: tape.path,
    origin: 'tape',
    hold: 6,
    lockstep: true,
    apiKey: 'demo-key',
    apiSecret: 'demo-secret',
    logger,
  });
  const env = {
    REST_BASE_URL: simulator.restBaseUrl,
    WS_PUBLIC_URL: simulator.wsPublicUrl,
    SYMBOLS: 'BTC,BTC_JPY',
    ALPHA_DATA_DIR: join(folder, 'data'),
    ALPHA_MAX_SIGNAL_AGE_MS: '86400000',
    ALPHA_MAX_DATA_AGE_MS: '86400000',
    ALPHA_IN_DOUBT_HORIZON_MS: '4000',
    API_KEY: 'demo-key',
    API_SECRET: 'demo-secret',
  };
  const flags = { strategy: 'ma-cross', param: ['fast=2', 'slow=4'], timeframe: '1s' };
  const { config } = await loadConfig({ flags, env, folder });
  const stopE = new AbortController();
  const stopC = new AbortController();
  const t0 = performance.now();
  const engine = serveEngine({ config, live: true, standby: false, folder, logger }, stopE.signal);
  const collector = collect({ config, logger }, stopC.signal);
  let last = '';
  const watch = setInterval(() => {
    const s = simulator.stats();
    const now = JSON.stringify([simulator.clock(), s.played, s.frames, s.orders, s.subscriptions, s.sockets]);
    if (now === last) console.log(now);
    last = now;
  }, 3000);
  let begun = 0;
  while (!simulator.clock().ended) {
    if (begun === 0 && simulator.clock().marketTs > tape.startTs + 50) begun = performance.now();
    await new Promise((r) => setTimeout(r, 50));
  }
  console.log(
    'ended',
    Math.round(begun - t0),
    Math.round(performance.now() - begun),
    JSON.stringify(simulator.stats().played),
    simulator.stats().orders,
  );
  clearInterval(watch);
  stopC.abort();
  await collector;
  stopE.abort();
  const report = await engine;
  console.log(JSON.stringify(report));
  await simulator.close();
  const request = { config, folder, params: {} };
  const same = await replay(request);
  console.log(same.identical, JSON.stringify(same.divergence)?.slice(0, 500));
  const against = await replayBacktest(request);
  console.log(JSON.stringify(against, null, 1).slice(0, 3000));
  expect(against.differences).toEqual([]);
});
