import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AlphaError, type Strategy } from '@alpha-engine/core';
import { builtinStrategies } from '@alpha-engine/strategies';
import { codeHashOf } from './code-hash.js';
import { defaultExport, importFile } from './import-file.js';

export interface LoadedStrategy {
  readonly strategy: Strategy;
  /** Changed code is a new instance. Of a file: over it and its local imports; of a package: its name and version. */
  readonly codeHash: string;
  readonly origin: 'built-in' | 'file' | 'package';
  /** Where it came from, for people. */
  readonly location: string;
}

const CODE_ENDINGS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

/** `ma-cross`, `./my-strategy.ts` or the name of an npm package that is installed in `folder` (or beside the command line). */
export async function loadStrategy(name: string, folder: string): Promise<LoadedStrategy> {
  const builtin = builtinStrategies.find((strategy) => strategy.name === name);
  if (builtin !== undefined) return loadBuiltin(builtin);
  return isPath(name) ? loadFile(name, folder) : loadPackage(name, folder);
}

function isPath(name: string): boolean {
  return /^(\.{1,2}[\\/]|[\\/]|[a-zA-Z]:[\\/])/.test(name) || CODE_ENDINGS.includes(extname(name));
}

async function loadBuiltin(strategy: Strategy): Promise<LoadedStrategy> {
  const manifest = createRequire(import.meta.url).resolve('@alpha-engine/strategies/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  return {
    strategy,
    codeHash: `@alpha-engine/strategies@${version}`,
    origin: 'built-in',
    location: '@alpha-engine/strategies',
  };
}

async function loadFile(name: string, folder: string): Promise<LoadedStrategy> {
  const path = resolve(folder, name);
  if (!existsSync(path)) throw notFound(name, [`the file ${path}`]);
  const exported = await attempt(name, () => importFile(path));
  return { strategy: checked(name, exported), codeHash: await codeHashOf(path), origin: 'file', location: path };
}

async function loadPackage(name: string, folder: string): Promise<LoadedStrategy> {
  const entry = await resolvePackage(name, folder);
  if (entry === undefined)
    throw notFound(name, [`the built-in strategies`, `an npm package of this name installed in ${folder}`]);
  const exported = await attempt(name, async () => defaultExport(await import(pathToFileURL(entry).href)));
  return {
    strategy: checked(name, exported),
    codeHash: await packageVersion(entry),
    origin: 'package',
    location: entry,
  };
}

/** The project's packages first, then those installed beside the command line. */
async function resolvePackage(name: string, folder: string): Promise<string | undefined> {
  const { createJiti } = await import('jiti');
  const importers = [join(resolve(folder), 'noop.js'), fileURLToPath(import.meta.url)];
  for (const importer of importers) {
    // `require` needs the condition "default" or "require"; a package with "import" alone needs the second way.
    try {
      return createRequire(importer).resolve(name);
    } catch {
      const found = createJiti(importer).esmResolve(name, { conditions: ['node', 'import'], try: true });
      if (found !== undefined) return found.startsWith('file:') ? fileURLToPath(found) : found;
    }
  }
  return undefined;
}

async function packageVersion(entry: string): Promise<string> {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (!existsSync(path)) continue;
    const manifest = JSON.parse(await readFile(path, 'utf8')) as { name?: string; version?: string };
    if (manifest.name && manifest.version) return `${manifest.name}@${manifest.version}`;
  }
  return codeHashOf(entry);
}

async function attempt(name: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new AlphaError('STRATEGY_INVALID', `Strategy "${name}" cannot be loaded: ${reason}`, {
      context: { strategy: name },
      cause,
    });
  }
}

/** By shape and `apiVersion`, not by class: a plug-in may carry its own copy of core. */
function checked(name: string, exported: unknown): Strategy {
  const candidate = exported as Partial<Strategy> | null | undefined;
  const wrong = (what: string) =>
    new AlphaError(
      'STRATEGY_INVALID',
      `Strategy "${name}" ${what}. Its default export must be what defineStrategy() returns.`,
      { context: { strategy: name } },
    );
  if (typeof candidate !== 'object' || candidate === null) throw wrong('has no default export that is an object');
  if (candidate.apiVersion !== 1)
    throw wrong(`has apiVersion ${String(candidate.apiVersion)}, and this version reads 1`);
  if (typeof candidate.name !== 'string' || candidate.name === '') throw wrong('has no name');
  if (typeof candidate.create !== 'function') throw wrong('has no create()');
  if (typeof candidate.params?.safeParse !== 'function') throw wrong('has no params schema made with zod');
  return candidate as Strategy;
}

function notFound(name: string, tried: readonly string[]): AlphaError {
  const known = builtinStrategies.map((strategy) => strategy.name);
  return new AlphaError(
    'STRATEGY_NOT_FOUND',
    `There is no strategy "${name}": looked for ${tried.join(' and for ')}. Built in are ${known.join(', ')}; a file needs a path such as ./my-strategy.ts.`,
    { context: { strategy: name, known, tried } },
  );
}
