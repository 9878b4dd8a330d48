import { expect, it } from 'vitest';
import { Alpha, runAlpha } from '../support/alpha.js';
import { shortTape } from '../support/short-tape.js';
import { tempFolder } from '../support/temp-folder.js';

const SYMBOLS = 'BTC,BTC_JPY';

it('compares a live account while its engine runs and afterwards, and takes over what the exchange shows when told', async () => {
  const folder = await tempFolder();
  const tape = await shortTape(folder, 30);
  const exchange = () =>
    new Alpha(
      ['sim', 'gmo', '--port', '0', '--json', '--tape', tape.path, '--speed', '30', '--hold', '6', '--origin', 'tape'],
      {
        folder,
      },
    );
  const simulator = exchange();
  const { restBaseUrl, wsPublicUrl } = await simulator.line('simulator ready');
  const env = {
    REST_BASE_URL: String(restBaseUrl),
    WS_PUBLIC_URL: String(wsPublicUrl),
    SYMBOLS,
    ALPHA_MAX_SIGNAL_AGE_MS: '86400000',
    ALPHA_MAX_DATA_AGE_MS: '86400000',
    ALPHA_IN_DOUBT_HORIZON_MS: '2000',
    API_KEY: 'demo-key',
    API_SECRET: 'demo-secret',
  };
  const strategy = ['--strategy', 'ma-cross', '--param', 'fast=3', '--param', 'slow=8', '--timeframe', '1s', '--live'];
  const engine = new Alpha(['engine', ...strategy, '--json'], { folder, env });
  await engine.line('engine started');
  const collector = new Alpha(['collect', '--json'], { folder, env });
  await simulator.line('tape ended');
  const ask = async (settings: Record<string, string>, ...args: string[]) => {
    const { exit, stdout, stderr } = await runAlpha(['reconcile', '--json', ...args], { folder, env: settings });
    expect(stdout, stderr).not.toBe('');
    return { exit, stderr, ...JSON.parse(stdout) };
  };

  const during = await ask(env);
  expect(during, JSON.stringify(during)).toMatchObject({
    exit: 0,
    account: 'live',
    engine: 'running',
    agree: true,
    differences: [],
  });
  expect(during.compared.executions).toBeGreaterThan(0);
  await collector.end('SIGTERM');
  expect(await engine.end('SIGTERM')).toMatchObject({ exit: 0 });

  const orders = JSON.parse((await runAlpha(['orders', '--json', '--status', 'FILLED'], { folder, env })).stdout);
  const order = orders.at(-1);
  const explained = await runAlpha(['why', order.clientOrderId.slice(0, 12), '--json'], { folder, env });
  const why = JSON.parse(explained.stdout);
  expect(why, explained.stderr).toMatchObject({
    verdict: { approved: true, signalId: order.signalId },
    signal: { id: order.signalId, strategy: 'ma-cross' },
    indicators: { fast: expect.any(Number), slow: expect.any(Number) },
    bar: { timeframe: '1s', openTs: order.bar.openTs },
    decided: { brain: 'strategy:gmo' },
  });
  expect(why.orders.map(({ clientOrderId }: typeof order) => clientOrderId)).toContain(order.clientOrderId);
  expect(why.orders[0].steps.map(({ status }: { status: string }) => status)).toContain('SUBMITTED');
  const made = tape.trades.filter(
    ({ symbol, ts }) => symbol === order.symbol && ts >= why.bar.openTs && ts < why.bar.openTs + 1000,
  );
  expect(why.entries).toEqual([
    expect.objectContaining({ stream: 'md:trade', exact: true, count: made.length, firstSeq: expect.any(Number) }),
  ]);
  expect(why.bar.trades).toBe(made.length);
  const byExchange = await runAlpha(['why', order.exchangeOrderId], { folder, env });
  expect(byExchange.stdout).toMatch(
    /^ORDER .*\n.*FILLED[\s\S]*VERDICT [\s\S]*SIGNAL [\s\S]*INDICATORS \{"fast"[\s\S]*BAR [\s\S]*ENTRIES [\s\S]*DECIDED /,
  );

  // The same keys lead to another account: nothing of what was traded is there.
  await simulator.end('SIGTERM');
  const other = exchange();
  const there = { ...env, REST_BASE_URL: String((await other.line('simulator ready')).restBaseUrl) };
  const differing = await ask(there);
  expect(differing).toMatchObject({ exit: 7, agree: false });
  expect(differing.differences).toContainEqual(expect.objectContaining({ subject: 'balance', what: 'JPY' }));
  const repaired = await ask(there, '--repair');
  expect(repaired, repaired.stderr).toMatchObject({ exit: 0, engine: 'stopped', agree: true, differences: [] });
  expect(repaired.repaired).toEqual(differing.differences);
}, 120_000);
