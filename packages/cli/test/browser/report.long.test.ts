import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runAlpha } from '../support/alpha.js';
import { openFile } from '../support/browser.js';
import { drawn, look, numberIn, shifted } from '../support/report-page.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const HOURS = 6_000;
/** A name of a file that would do something if it were taken for markup. */
const DATA = `<img src=x onerror="document.title='taken over'">.csv`;

let folder: string;
let file: string;
let trades: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpha-report-'));
  const name = "<script>document.title='taken over'</script>";
  const strategy = await readFile(join(root, 'examples/sma-crossover.ts'), 'utf8');
  await writeFile(join(folder, 'evil.ts'), strategy.replace("'sma-crossover'", JSON.stringify(name)));
  await writeFile(join(folder, DATA), hours().join('\n'));
  const flags = [
    '--data',
    DATA,
    '--symbol',
    'ABC',
    '--timeframe',
    '1h',
    '--strategy',
    './evil.ts',
    '--kind',
    'leverage',
  ];
  const more = ['--leverage-rules', 'none', '--size', '50%', '--param', 'fast=10', '--param', 'slow=30'];
  const result = await runAlpha(['backtest', ...flags, ...more, '--report', 'report.html', '--json'], { folder });
  expect(result.stderr).toBe('');
  trades = JSON.parse(result.stdout).metrics.trades;
  file = join(folder, 'report.html');
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the report of a back-test, in a browser', { timeout: 60_000 }, () => {
  it('asks for nothing, says nothing, and draws', async () => {
    const { page, requests, said } = await openFile(file, {
      colorScheme: 'light',
      viewport: { width: 1280, height: 900 },
    });
    await drawn(page);
    expect(requests.map((url) => new URL(url).protocol)).toEqual(
      requests.map((_, index) => (index === 0 ? 'file:' : 'data:')),
    );
    expect(said).toEqual([]);
    expect(await page.title()).toContain('<script>');
    expect(await page.locator('table.heat td.gain, table.heat td.loss').count()).toBe(9);
    expect(await page.locator('[data-page]').textContent()).toBe(`1–25 of ${trades + 1}`);
    expect(await shifted(page)).toBeLessThan(0.01);
    expect((await stat(file)).size).toBeLessThan(1_500_000);
  });

  it('is dark where the reader’s system is, and when asked to', async () => {
    const dark = await openFile(file, { colorScheme: 'dark', viewport: { width: 1280, height: 900 } });
    await drawn(dark.page);
    const light = await openFile(file, { colorScheme: 'light', viewport: { width: 1280, height: 900 } });
    await drawn(light.page);
    const [inDark, inLight] = [await look(dark.page), await look(light.page)];
    expect(inDark).not.toEqual(inLight);
    await light.page.getByRole('button', { name: 'Dark' }).click();
    expect(await look(light.page)).toEqual(inDark);
    await light.page.getByRole('button', { name: 'Dark' }).click();
    expect(await look(light.page)).toEqual(inLight);
    expect([...dark.said, ...light.said]).toEqual([]);
  });

  it('fits a phone', async () => {
    const { page, said } = await openFile(file, {
      viewport: { width: 360, height: 740 },
      isMobile: true,
      hasTouch: true,
    });
    await drawn(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await shifted(page)).toBeLessThan(0.01);
    await page.locator('.key-figures .term').first().tap();
    expect(await page.locator('.key-figures .definition').first().isVisible()).toBe(true);
    expect(said).toEqual([]);
  });

  it('sorts trades, turns pages, and shows a trade in the chart', async () => {
    const { page, said } = await openFile(file, { viewport: { width: 1280, height: 900 } });
    await drawn(page);
    const profits = () => page.locator('[data-trades] tbody td:nth-last-child(3)').allTextContents();
    await page.getByRole('button', { name: 'Profit' }).click();
    const best = (await profits()).map(numberIn);
    expect(best).toEqual([...best].sort((a, b) => b - a));
    await page.getByRole('button', { name: 'Next page' }).click();
    const next = (await profits()).map(numberIn);
    expect(next[0]).toBeLessThanOrEqual(best.at(-1) as number);
    const before = await look(page);
    await page.locator('[data-trades] tbody tr').first().click();
    await expect.poll(() => look(page)).not.toEqual(before);
    expect(said).toEqual([]);
  });
});

describe('the report of a search, in a browser', { timeout: 60_000 }, () => {
  const SEARCH = ['--data', DATA, '--symbol', 'ABC', '--timeframe', '1h', '--strategy', './evil.ts', '--rules', 'none'];
  const SPACE = ['--space', 'fast=5,10,20', '--space', 'slow=10,20,30', '--where', 'fast < slow'];
  const open = async (flags: readonly string[], phone = false) => {
    const found = await runAlpha(['optimize', ...SEARCH, ...SPACE, ...flags, '--report', 'search.html', '--json'], {
      folder,
    });
    expect(found.stderr).toBe('');
    const size = phone ? { width: 360, height: 740 } : { width: 1280, height: 900 };
    return openFile(join(folder, 'search.html'), { viewport: size, isMobile: phone, hasTouch: phone });
  };

  it('shows a map with a scale and the best', async () => {
    const { page, said } = await open([]);
    await drawn(page);
    const shades = (await page.evaluate(
      "[...document.querySelectorAll('#search td.gain, #search td.loss')].map((cell) => getComputedStyle(cell).backgroundColor)",
    )) as string[];
    expect(shades).toHaveLength(6);
    expect(new Set(shades).size).toBeGreaterThan(3);
    expect(await page.locator('#search td.best').count()).toBe(1);
    expect(await page.locator('#search .scale .colours').isVisible()).toBe(true);
    expect(said).toEqual([]);
  });

  it('shows the windows of a walk-forward and the tests as one run, on a phone', async () => {
    const { page, said } = await open(['--walk-forward', 'train=100d,test=50d'], true);
    await drawn(page);
    expect(await page.locator('.kind').textContent()).toBe('Walk-forward');
    expect(await page.locator('#walk-forward tbody tr').count()).toBe(3);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    // In and out of sample stand on the first screen, and the window stays beside them.
    expect((await page.locator('#walk-forward tbody td').nth(1).boundingBox())?.x).toBeLessThan(300);
    expect(said).toEqual([]);
  });
});

/** A walk with trends, the same each time; open to close of an hour from the first of January 2024. */
function hours(): string[] {
  let price = 100;
  return Array.from({ length: HOURS }, (_, hour) => {
    const open = price;
    price *= 1 + 0.004 * Math.sin(hour / 40) + 0.006 * Math.sin(hour * hour);
    const [high, low] = [Math.max(open, price) * 1.001, Math.min(open, price) * 0.999];
    const time = new Date(Date.UTC(2024, 0, 1) + hour * 3_600_000).toISOString();
    return [time, ...[open, high, low, price].map((value) => value.toFixed(2)), 1].join(',');
  });
}
