import { expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

it('shows the whole loop as one JSON object, in a shell full of settings of its own', async () => {
  const folder = await tempFolder({ 'alpha.config.json': '{"symbols":["ETH"],"timeframe":"7m"}' });
  const env = { STRATEGY_NAME: 'nonsense', DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', LOG_LEVEL: 'error' };
  const { exit, stdout, stderr } = await runAlpha(['demo', '--json', '--speed', '30'], { folder, env });
  const result = JSON.parse(stdout);
  expect({ exit, stderr }, stdout).toEqual({ exit: 0, stderr: '' });
  expect(result).toMatchObject({ reconciled: true, complete: true, differences: [], dataDir: null });
  expect(result.events.received).toBeGreaterThan(10_000);
  expect(result.events.sent).toBe(result.events.received);
  expect(result.events.published).toBe(result.events.received);
  expect(result.events.consumed).toBe(result.events.received);
  expect(result.bars).toBeGreaterThan(400);
  expect(result.signals).toBeGreaterThan(0);
  expect(result.orders).toBeGreaterThan(0);
  expect(result.fills).toBeGreaterThan(0);
  expect(result.realizedPnl).toMatch(/^-?\d+(\.\d+)?$/);
  expect(result.tape.conversion).toContain('147');
}, 120_000);
