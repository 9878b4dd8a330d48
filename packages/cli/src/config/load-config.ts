import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AlphaError, type ErrorCode } from '@alpha-engine/core';
import { isLoopback } from './is-loopback.js';
import { type Config, configSchema, SETTING_KEYS, type SettingKey, settingInfo } from './schema.js';

export interface ConfigSources {
  /** By setting; only what was given on the command line. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Working folder, where `alpha.config.ts` or `alpha.config.json` is looked for. */
  readonly folder: string;
}

export interface ConfigProblem {
  readonly path: string;
  readonly source: string;
  readonly message: string;
  readonly code: ErrorCode;
}

export interface LoadedConfig {
  readonly config: Config;
  /** Where each value came from: a flag, an environment variable, a file, or `default`. */
  readonly sources: Readonly<Record<SettingKey, string>>;
}

const FILES = ['alpha.config.ts', 'alpha.config.json'];

/** Flags win over the environment, the environment over the file. Throws with every problem there is, not only the first. */
export async function loadConfig(from: ConfigSources): Promise<LoadedConfig> {
  const file = await readConfigFile(from.folder);
  const problems: ConfigProblem[] = Object.keys(file.values)
    .filter((key) => !SETTING_KEYS.includes(key as SettingKey))
    .map((key) => problem(key, file.name, 'is not a setting. See `alpha config show` for those there are.'));

  const values: Record<string, unknown> = {};
  const sources = {} as Record<SettingKey, string>;
  for (const key of SETTING_KEYS) {
    const { value, source } = pick(key, from, file);
    sources[key] = source;
    const result = configSchema.shape[key].safeParse(value);
    if (result.success) values[key] = result.data;
    else problems.push(wrongValue(key, value, source));
  }
  problems.push(...contradictions(values as Partial<Config>, sources));
  if (problems.length > 0) throw problemsError(problems);
  return { config: values as Config, sources };
}

interface ConfigFile {
  readonly name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

function pick(key: SettingKey, from: ConfigSources, file: ConfigFile): { value: unknown; source: string } {
  const { env, flag } = settingInfo(key);
  if (flag !== undefined && from.flags[flag] !== undefined)
    return { value: from.flags[flag], source: `flag --${flag}` };
  // An empty variable is how shells and compose files say "not set".
  const text = from.env[env];
  if (text !== undefined && text !== '') return { value: text, source: `environment ${env}` };
  if (file.values[key] !== undefined) return { value: file.values[key], source: file.name };
  return { value: undefined, source: 'default' };
}

async function readConfigFile(folder: string): Promise<ConfigFile> {
  const names = FILES.filter((name) => existsSync(join(folder, name)));
  const [name] = names;
  if (name === undefined) return { name: 'default', values: {} };
  if (names.length > 1)
    throw problemsError([problem(names.join(' and '), folder, 'exist side by side. Keep one of them.')]);
  let values: unknown;
  try {
    if (name.endsWith('.json')) values = JSON.parse(await readFile(join(folder, name), 'utf8'));
    else values = await (await import('../plugins/import-file.js')).importFile(join(folder, name));
  } catch (cause) {
    throw problemsError([problem(name, folder, `cannot be read: ${(cause as Error).message}`)], cause);
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw problemsError([
      problem(name, folder, 'must hold one object of settings (in a .ts file, its default export).'),
    ]);
  return { name, values: values as Record<string, unknown> };
}

/** What is right by itself and wrong together. Looks only at values that passed. */
function contradictions(config: Partial<Config>, sources: Record<SettingKey, string>): ConfigProblem[] {
  const found: ConfigProblem[] = [];
  const say = (key: SettingKey, message: string) => found.push(problem(key, sources[key], message));
  if (config.enableStrategy === false && config.enableExecution === false)
    say('enableStrategy', 'and enableExecution are both off, so the engine would have nothing to do. Switch one on.');
  else if ((config.enableStrategy === false || config.enableExecution === false) && config.databaseUrl === undefined)
    say(
      config.enableStrategy === false ? 'enableStrategy' : 'enableExecution',
      'is off, and half an engine needs a database that both halves reach. Set DATABASE_URL.',
    );
  if (config.archiveTo === 'postgres' && config.databaseUrl === undefined)
    say('archiveTo', 'is postgres, and there is no server to write to. Set DATABASE_URL.');
  if ((config.apiKey === undefined) !== (config.apiSecret === undefined))
    say(config.apiKey === undefined ? 'apiKey' : 'apiSecret', 'is missing while the other half of the pair is set.');
  if (config.orderSize && config.maxPositionSize?.lt(config.orderSize))
    say('orderSize', `is ${config.orderSize}, above maxPositionSize (${config.maxPositionSize}): no entry could pass.`);
  if (config.metricsHost && !isLoopback(config.metricsHost) && config.metricsToken === undefined)
    say('metricsHost', 'can be reached from other machines, and the metrics tell what is traded. Set METRICS_TOKEN.');
  return found;
}

function wrongValue(key: SettingKey, value: unknown, source: string): ConfigProblem {
  const { expects, secret, code } = settingInfo(key);
  const shown = secret ? '***' : JSON.stringify(value);
  return problem(key, source, `must be ${expects}; it is ${shown}.`, code);
}

function problem(path: string, source: string, message: string, code: ErrorCode = 'CONFIG_INVALID'): ConfigProblem {
  return { path, source, message, code };
}

/** One problem with a code of its own keeps that code; anything else is `CONFIG_INVALID`. */
function problemsError(problems: readonly ConfigProblem[], cause?: unknown): AlphaError {
  const lines = problems.map(({ path, source, message }) => `${path} ${message} (${source})`);
  const [only] = problems;
  const alone = problems.length === 1 && only !== undefined;
  return new AlphaError(
    alone ? only.code : 'CONFIG_INVALID',
    alone
      ? `The configuration is wrong: ${lines[0]}`
      : `The configuration has ${problems.length} problems:\n${lines.map((line) => `  - ${line}`).join('\n')}`,
    { context: { problems: problems.map(({ path, source, message }) => ({ path, source, message })) }, cause },
  );
}
