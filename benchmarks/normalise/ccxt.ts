import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const CCXT_VERSION = '4.5.84';
const FOLDER = fileURLToPath(new URL(`../../node_modules/.cache/ccxt-${CCXT_VERSION}`, import.meta.url));
const INSTALL_MS = 180_000;

interface CcxtTrade {
  readonly price: number;
  readonly amount: number;
  readonly side: string;
  readonly timestamp: number;
}

interface CcxtBook {
  readonly asks: readonly (readonly [number, number])[];
  readonly bids: readonly (readonly [number, number])[];
  readonly timestamp: number;
}

/** The little that is used of a ccxt.pro exchange. */
export interface CcxtExchange {
  setMarkets(markets: readonly object[]): unknown;
  handleMessage(client: object, message: unknown): void;
  readonly trades: Readonly<Record<string, readonly CcxtTrade[]>>;
  readonly orderbooks: Readonly<Record<string, CcxtBook>>;
}

export interface Ccxt {
  readonly pro: { readonly coinone: new () => CcxtExchange };
}

/**
 * ccxt from a folder of its own that git does not see, fetched the first time: with more than 60 MB it is no dependency to ask of everyone
 * who installs the workspace. Null when it cannot be fetched; stderr says so.
 */
export async function fetchCcxt(): Promise<Ccxt | null> {
  if (!existsSync(FOLDER)) {
    try {
      await install();
    } catch (error) {
      const lines = String(error instanceof Error ? error.message : error).split('\n');
      const reason = lines.find((line) => line.startsWith('npm error')) ?? lines[0];
      console.error(`ccxt ${CCXT_VERSION} is not here and npm could not install it (${reason}).`);
      return null;
    }
  }
  return createRequire(join(FOLDER, 'package.json'))('ccxt') as Ccxt;
}

/** Beside the folder first, and then moved: what stands there is always whole. */
async function install(): Promise<void> {
  console.error(`Fetching ccxt ${CCXT_VERSION} for comparison, more than 60 MB, once …`);
  await mkdir(dirname(FOLDER), { recursive: true });
  const folder = await mkdtemp(`${FOLDER}-`);
  try {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--fetch-retries=1'];
    await promisify(execFile)('npm', ['install', '--prefix', folder, ...flags, `ccxt@${CCXT_VERSION}`], {
      cwd: folder,
      timeout: INSTALL_MS,
    });
    await rename(folder, FOLDER);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
