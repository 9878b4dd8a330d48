import { readFile } from 'node:fs/promises';

const PACKAGES = ['core', 'backtest', 'strategies', 'cli'] as const;

/** What numbers rest on besides data and strategies: versions of the packages and of Node. */
export async function engineVersions(): Promise<Readonly<Record<string, string>>> {
  const versions: Record<string, string> = { node: process.version };
  for (const name of PACKAGES) {
    const path = new URL('../package.json', import.meta.resolve(`@alpha-engine/${name}`));
    versions[name] = (JSON.parse(await readFile(path, 'utf8')) as { readonly version: string }).version;
  }
  return versions;
}
