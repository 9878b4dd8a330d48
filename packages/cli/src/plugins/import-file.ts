import { pathToFileURL } from 'node:url';

/**
 * Imports the default export of a user's TypeScript or JavaScript file, on Node 20 too and from a folder without packages:
 * what a strategy needs (core, zod, trading-signals) is handed to it from our own copies, so that there is one of each.
 */
export async function importFile(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(path).href, {
    fsCache: false,
    interopDefault: false,
    virtualModules: {
      '@alpha-engine/core': await import('@alpha-engine/core'),
      '@alpha-engine/strategies': await import('@alpha-engine/strategies'),
      'trading-signals': await import('trading-signals'),
      zod: await import('zod'),
    },
  });
  return defaultExport(await jiti.import(path));
}

/** An ES module's default export, also where a CommonJS build wrapped it once more. */
export function defaultExport(loaded: unknown): unknown {
  const first = (loaded as { default?: unknown } | undefined)?.default;
  const inner = (first as { default?: unknown } | undefined)?.default;
  return inner ?? first;
}
