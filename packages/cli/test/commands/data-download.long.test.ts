import { startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const DAY = ['--symbol', 'BTC', '--from', '2024-08-08T21:00Z', '--to', '2024-08-09T21:00Z', '--out', 'btc'];
const EARLIER = ['--symbol', 'BTC', '--from', '2024-08-01T00:00Z', '--to', '2024-08-01T21:00Z', '--out', 'btc'];
const FAST = ['--strategy', 'ma-cross', '--param', 'fast=2', '--param', 'slow=4', '--timeframe', '5s'];

it('downloads a day from the simulator, and back-tests it', async () => {
  const simulator = await startGmoSimulator({ origin: 'tape' });
  try {
    const folder = await tempFolder();
    const env = { REST_BASE_URL: simulator.restBaseUrl };
    const text = await runAlpha(['data', 'download', ...DAY], { folder, env });
    expect(text.stdout, text.stderr).toMatch(/^1 of 1: 20240809_BTC\.csv\.gz fetched, \d+ bytes\n$/);
    const again = await runAlpha(['data', 'download', ...DAY, '--json'], { folder, env });
    const [file] = (JSON.parse(again.stdout) as { files: { state: string; sha256: string }[] }).files;
    expect(file?.state).toBe('kept');

    const run = await runAlpha(['backtest', ...FAST, '--data', 'btc', '--size', '0.001', '--json'], { folder });
    expect(run.exit, run.stderr).toBe(0);
    const report = JSON.parse(run.stdout) as { orders: unknown[]; data: object[] };
    expect(report.data).toMatchObject([{ kind: 'trades', rows: 8_962, used: 8_962, sha256: file?.sha256, faults: [] }]);
    expect(report.orders.length).toBeGreaterThan(0);

    const none = await runAlpha(['data', 'download', ...EARLIER], { folder, env });
    expect(none.stderr).toContain('20240801_BTC.csv.gz absent');
    expect(none.exit).toBe(2);
  } finally {
    await simulator.close();
  }
}, 60_000);
