import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { openFile } from '../support/browser.js';
import { paperWeeks, QUIET_FROM_TS, WEEKS_BARS } from '../support/paper-weeks.js';
import { drawn, look, shifted } from '../support/report-page.js';
import { writeRecord } from '../support/written-record.js';

const DESK = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

const record = paperWeeks();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpha-report-'));
  await writeRecord(join(folder, 'data'), record);
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function report(...flags: string[]) {
  const env = { ALPHA_DATA_DIR: join(folder, 'data') };
  const { exit, stderr, stdout } = await runAlpha(['report', ...flags, '--json'], { folder, env });
  return { exit, stderr, said: stdout === '' ? null : JSON.parse(stdout) };
}

async function opened(file: string, options: BrowserContextOptions) {
  const { page, requests, said } = await openFile(join(folder, file), options);
  await drawn(page);
  expect({ said, outside: requests.filter((url) => !/^(file|data):/.test(url)) }).toEqual({ said: [], outside: [] });
  expect(await shifted(page)).toBeLessThan(0.01);
  return page;
}

describe('the report of a record', { timeout: 60_000 }, () => {
  it('takes every bar once, of minutes and of trades, and draws them of each symbol, on a desk and on a phone', async () => {
    const { said } = await report('--html', 'weeks.html');
    expect(said).toMatchObject({ kind: 'paper', bars: 2 * WEEKS_BARS });
    expect(said.data).toMatchObject(
      ['BTC 500t', 'BTC_JPY 1m'].map((name) => ({
        file: `the database: ${name}`,
        rows: WEEKS_BARS,
        gaps: { count: 0 },
      })),
    );
    expect(said.trades.length).toBe(record.fills.length / 2);
    expect(said.metrics.finalEquity).toBe(record.equity.at(-1)?.equity.toNumber());
    expect(said.metrics.feesPaid).toBe(record.equity.at(-1)?.fees.toNumber());

    const page = await opened('weeks.html', { ...DESK, colorScheme: 'light' });
    const light = await look(page);
    await page.locator('[data-symbols]').selectOption({ label: 'BTC_JPY' });
    await expect.poll(() => look(page)).not.toEqual(light);
    expect(await page.locator('#data .note').count()).toBe(0);
    const dark = await opened('weeks.html', { ...DESK, colorScheme: 'dark' });
    expect((await look(dark)).background).not.toBe(light.background);
    const phone = await opened('weeks.html', PHONE);
    expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });

  it('is honest about a time in which nothing was held: the equity is what it was', async () => {
    const from = new Date(QUIET_FROM_TS).toISOString();
    const { said } = await report('--from', from, '--html', 'quiet.html');
    const bars = record.bars.filter(({ openTs }) => openTs >= QUIET_FROM_TS).length;
    const worth = record.equity.at(-1)?.equity.toNumber();
    expect(said).toMatchObject({ from, bars, trades: [], orders: [] });
    expect(said.metrics).toMatchObject({ initialEquity: worth, finalEquity: worth, totalReturn: 0, maxDrawdown: 0 });
    expect(said.metrics).toMatchObject({ sharpe: null, winRate: null, feesPaid: 0, exposure: 0 });
    expect(said.notes.join(' ')).toContain('Nothing was held in this period');

    const page = await opened('quiet.html', { ...DESK, colorScheme: 'dark' });
    expect(await page.locator('#trades').textContent()).toContain('Nothing was traded.');
  });

  it('says that there is nothing of a time in which no engine ran', async () => {
    const { exit, said, stderr } = await report('--from', '2024-02-01');
    expect({ exit: exit !== 0, said }).toEqual({ exit: true, said: null });
    const { code, message } = JSON.parse(stderr).error;
    expect({ code, message }).toMatchObject({ code: 'STORE_EMPTY', message: expect.stringContaining('no engine ran') });
  });
});
