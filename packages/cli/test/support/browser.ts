import { spawnSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
let browser: Browser | undefined;

afterAll(async () => {
  await browser?.close();
});

/** A page as it was opened, and what it said and asked for since. */
export interface Opened {
  readonly page: Page;
  /** Messages of the console, and errors nobody caught. */
  readonly said: string[];
  readonly requests: string[];
}

/** Opens a file in a browser of this machine, without a network. */
export async function openFile(file: string, options: BrowserContextOptions): Promise<Opened> {
  browser ??= await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] });
  const context = await browser.newContext({ ...options, offline: true });
  const page = await context.newPage();
  const [said, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(`file://${encodeURI(file)}`);
  return { page, said, requests };
}

function browserPath(): string {
  const known = [process.env.CHROMIUM_BIN, ...NAMES];
  const found = known.find((path) => path && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0);
  if (found === undefined) {
    throw new Error(
      'There is no browser for this test. Install one (Debian: apt-get install chromium), or set CHROMIUM_BIN to its path.',
    );
  }
  return spawnSync('sh', ['-c', `command -v "${found}"`], { encoding: 'utf8' }).stdout.trim();
}
