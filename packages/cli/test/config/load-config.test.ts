import { AlphaError } from '@alpha-engine/core';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { tempFolder } from '../support/temp-folder.js';

async function problemOf(from: Partial<Parameters<typeof loadConfig>[0]>): Promise<AlphaError> {
  const error = await loadConfig({ flags: {}, env: {}, folder: await tempFolder(), ...from }).catch((caught) => caught);
  expect(AlphaError.is(error)).toBe(true);
  return error;
}

describe('precedence', () => {
  it('takes a flag before the environment before the file before the default', async () => {
    const folder = await tempFolder({
      'alpha.config.json': JSON.stringify({ capital: 1, maxDrawdownPct: 11, logLevel: 'debug' }),
    });
    const { config, sources } = await loadConfig({
      flags: { capital: '3' },
      env: { CAPITAL: '2', MAX_DRAWDOWN_PCT: '12' },
      folder,
    });
    expect(config.capital.toString()).toBe('3');
    expect(config.maxDrawdownPct).toBe(12);
    expect(config.logLevel).toBe('debug');
    expect(config.timeframe).toBe('1m');
    expect(sources.capital).toBe('flag --capital');
    expect(sources.maxDrawdownPct).toBe('environment MAX_DRAWDOWN_PCT');
    expect(sources.logLevel).toBe('alpha.config.json');
    expect(sources.timeframe).toBe('default');
  });

  it('reads silence limits by channel: fixed, or learnt between two', async () => {
    const folder = await tempFolder();
    const { config } = await loadConfig({
      flags: {},
      env: { ALPHA_SILENCE_LIMITS: 'orderbook=15000, ticker=60000-600000' },
      folder,
    });
    expect(config.silenceLimits).toEqual({
      orderbook: { floorMs: 15_000, initialMs: 15_000, ceilingMs: 15_000 },
      ticker: { floorMs: 60_000, initialMs: 600_000, ceilingMs: 600_000 },
    });
    for (const wrong of ['book=1', 'trade=0', 'trade=5-4', 'trade=soon', 'trade']) {
      expect((await problemOf({ env: { ALPHA_SILENCE_LIMITS: wrong } })).message).toContain(
        'silenceLimits must be pairs of channel',
      );
    }
  });

  it('reads every fixed environment name', async () => {
    const { config } = await loadConfig({
      flags: {},
      env: {
        EXCHANGE_NAME: 'gmo',
        WS_PUBLIC_URL: 'ws://127.0.0.1:1/ws',
        REST_BASE_URL: 'http://127.0.0.1:1',
        SYMBOLS: 'BTC, BTC_JPY',
        DATABASE_URL: 'postgres://user:password@localhost/alpha',
        STRATEGY_NAME: 'rsi',
        ENABLE_STRATEGY: 'true',
        ENABLE_EXECUTION: 'false',
        API_KEY: 'the-api-key',
        API_SECRET: 'the-api-secret',
        CAPITAL: '500000.5',
        MAX_POSITION_SIZE: '0.02',
        MAX_DRAWDOWN_PCT: '5',
        LOG_LEVEL: 'warn',
      },
      folder: await tempFolder(),
    });
    expect(config).toMatchObject({
      exchange: 'gmo',
      symbols: ['BTC', 'BTC_JPY'],
      strategy: 'rsi',
      enableStrategy: true,
      enableExecution: false,
      maxDrawdownPct: 5,
      logLevel: 'warn',
    });
    expect(config.capital.toString()).toBe('500000.5');
    expect(config.apiSecret?.reveal()).toBe('the-api-secret');
    expect(config.databaseUrl?.reveal()).toContain('password');
  });

  it('treats an empty variable as unset', async () => {
    const { config, sources } = await loadConfig({ flags: {}, env: { LOG_LEVEL: '' }, folder: await tempFolder() });
    expect(config.logLevel).toBe('info');
    expect(sources.logLevel).toBe('default');
  });

  it('reads a TypeScript file in a folder without packages', async () => {
    const folder = await tempFolder({
      'alpha.config.ts': `const symbols: string[] = ['BTC'];
export default { symbols, strategyParams: { fast: 5 }, paperBalances: { JPY: 10 }, exclusive: false };`,
    });
    const { config } = await loadConfig({ flags: {}, env: {}, folder });
    expect(config.symbols).toEqual(['BTC']);
    expect(config.strategyParams).toEqual({ fast: 5 });
    expect(config.paperBalances.JPY?.toString()).toBe('10');
    expect(config.exclusive).toBe(false);
  });

  it('reads repeated --param flags and the switch --no-exclusive', async () => {
    const flags = { param: ['fast=5', 'note=a=b'], exclusive: false };
    const { config } = await loadConfig({ flags, env: {}, folder: await tempFolder() });
    expect(config.strategyParams).toEqual({ fast: '5', note: 'a=b' });
    expect(config.exclusive).toBe(false);
  });
});

describe('problems', () => {
  it('lists all of them at once with the path and the source of each', async () => {
    const error = await problemOf({
      flags: { 'order-size': '-1' },
      env: { MAX_DRAWDOWN_PCT: 'much', SYMBOLS: 'BTC,BTC', REST_BASE_URL: 'ftp://x' },
      folder: await tempFolder({ 'alpha.config.json': '{"timeframe":"7x","strategi":"x"}' }),
    });
    expect(error.code).toBe('CONFIG_INVALID');
    const problems = error.context.problems as { path: string; source: string }[];
    expect(problems.map(({ path, source }) => `${path} < ${source}`).sort()).toEqual([
      'maxDrawdownPct < environment MAX_DRAWDOWN_PCT',
      'orderSize < flag --order-size',
      'restBaseUrl < environment REST_BASE_URL',
      'strategi < alpha.config.json',
      'symbols < environment SYMBOLS',
      'timeframe < alpha.config.json',
    ]);
    for (const { path } of problems) expect(error.message).toContain(path);
    expect(error.message).toContain('from 0.01 to 100');
  });

  it('gives a wrong timeframe its own code when it is the only problem', async () => {
    const error = await problemOf({ env: { ALPHA_TIMEFRAME: '7x' } });
    expect(error.code).toBe('UNKNOWN_TIMEFRAME');
    expect(error.message).toContain('500t');
  });

  it('refuses an address of Redis that is none, without repeating it', async () => {
    const error = await problemOf({ env: { REDIS_URL: 'http://:open-sesame@localhost' } });
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('redis+cluster://');
    expect(JSON.stringify([error.message, error.context])).not.toContain('open-sesame');
  });

  it.each([
    [{ ENABLE_STRATEGY: 'false' }, 'Set DATABASE_URL'],
    [{ ENABLE_STRATEGY: 'false', ENABLE_EXECUTION: '0' }, 'both off'],
    [{ API_KEY: 'only-the-key' }, 'apiSecret is missing'],
    [{ ALPHA_ORDER_SIZE: '1' }, 'above maxPositionSize'],
  ])('refuses what does not go together: %o', async (env, sentence) => {
    const error = await problemOf({ env });
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(sentence);
  });

  it.each([
    ['alpha.config.json', '{"symbols": [', 'cannot be read'],
    ['alpha.config.json', '[1]', 'one object of settings'],
    ['alpha.config.ts', 'throw new Error("no luck")', 'no luck'],
    ['alpha.config.ts', 'export const symbols = 1', 'default export'],
  ])('names a config file that is no use: %s %s', async (name, content, sentence) => {
    const error = await problemOf({ folder: await tempFolder({ [name]: content }) });
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(name);
    expect(error.message).toContain(sentence);
  });

  it('never prints a wrong secret', async () => {
    const error = await problemOf({ env: { DATABASE_URL: 'mysql://root:hunter2@localhost' } });
    expect(error.message).toContain('***');
    expect(JSON.stringify([error.message, error.context])).not.toContain('hunter2');
  });
});
