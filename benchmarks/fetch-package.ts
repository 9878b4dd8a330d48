import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const INSTALL_MS = 180_000;

/**
 * A package to compare ourselves with, from a folder of its own that git does not see, fetched the first time and with its scripts left
 * alone: nobody who installs the workspace pays for it. `beside` are packages that it needs and does not name. Null when it cannot be
 * fetched; stderr says so.
 */
export async function fetchPackage(
  name: string,
  version: string,
  beside: readonly string[] = [],
): Promise<((name: string) => unknown) | null> {
  const folder = fileURLToPath(new URL(`../node_modules/.cache/${name}-${version}`, import.meta.url));
  if (!existsSync(folder)) {
    try {
      await install(folder, [`${name}@${version}`, ...beside]);
    } catch (error) {
      const lines = String(error instanceof Error ? error.message : error).split('\n');
      const reason = lines.find((line) => line.startsWith('npm error')) ?? lines[0];
      console.error(`${name} ${version} is not here and npm could not install it (${reason}).`);
      return null;
    }
  }
  return createRequire(join(folder, 'package.json'));
}

/** Beside the folder first, and then moved: what stands there is always whole. */
async function install(target: string, specs: readonly string[]): Promise<void> {
  console.error(`Fetching ${specs.join(', ')} for comparison, once …`);
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(`${target}-`);
  try {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true }));
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--fetch-retries=1'];
    await promisify(execFile)('npm', ['install', '--prefix', folder, ...flags, ...specs], {
      cwd: folder,
      timeout: INSTALL_MS,
    });
    await rename(folder, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
