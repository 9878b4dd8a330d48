import { describe, expect, test } from 'vitest';
import { readCompose, readRoot } from './support/compose-file.js';

const REAL = await readCompose(['compose.yaml'], {});
const LOCAL = await readCompose(['compose.yaml', 'compose.local.yaml'], {});
const OURS = ['collector', 'strategy', 'execution', 'engine', 'archiver'];

/** The names that never change. */
const FIXED = [
  ...['EXCHANGE_NAME', 'SYMBOLS', 'WS_PUBLIC_URL', 'REST_BASE_URL', 'STRATEGY_NAME', 'ENABLE_STRATEGY'],
  ...['ENABLE_EXECUTION', 'API_KEY', 'API_SECRET', 'CAPITAL', 'MAX_POSITION_SIZE', 'MAX_DRAWDOWN_PCT'],
  ...['REDIS_URL', 'DATABASE_URL', 'LOG_LEVEL'],
];

describe('compose.yaml', () => {
  test('has the processes, the bus and the database; one engine in place of its halves is asked for by name', () => {
    expect(Object.keys(REAL)).toEqual([...OURS, 'redis', 'db']);
    expect(Object.keys(REAL).filter((name) => REAL[name]!.profiles.length > 0)).toEqual(['engine']);
    expect(REAL.strategy!.environment).toMatchObject({ ENABLE_STRATEGY: 'true', ENABLE_EXECUTION: 'false' });
    expect(REAL.execution!.environment).toMatchObject({ ENABLE_STRATEGY: 'false', ENABLE_EXECUTION: 'true' });
    expect(REAL.redis!.command.join(' ')).toContain('--appendonly yes');
  });

  test('trades on paper and hands no key to any container', () => {
    for (const services of [REAL, LOCAL]) {
      const everything = JSON.stringify(services);
      expect(everything).not.toContain('--live');
      expect(everything).not.toMatch(/API_KEY|API_SECRET/);
    }
  });

  test('starts again what ends, looks after the health of each, keeps data in volumes, and opens no port', () => {
    for (const [name, { restart, healthcheck, ...rest }] of Object.entries(LOCAL)) {
      expect(restart, name).toBe('unless-stopped');
      expect(healthcheck?.test[0], name).toBe('CMD');
      expect(rest, name).not.toHaveProperty('ports');
    }
    for (const name of [...OURS, 'simulator']) expect(LOCAL[name]!.init, name).toBe(true);
    for (const name of ['collector', 'archiver', 'redis', 'db']) expect(REAL[name]!.volumes, name).toHaveLength(1);
  });

  test('waits for nobody but services it has, and only strategies see a folder of the host', () => {
    for (const [name, { depends_on, volumes }] of Object.entries(LOCAL)) {
      expect(Object.keys(LOCAL), name).toEqual(expect.arrayContaining(Object.keys(depends_on)));
      const fromHost = volumes.filter((volume) => volume.startsWith('.'));
      expect(
        fromHost.every((volume) => volume.endsWith(':ro')),
        name,
      ).toBe(true);
    }
  });

  test('takes its settings from .env, and an empty value for unset', async () => {
    const env = { SYMBOLS: 'BTC,ETH', DATABASE_URL: '', POSTGRES_PASSWORD: 'other', STRATEGY_NAME: 'rsi' };
    const { collector, strategy, db } = await readCompose(['compose.yaml'], env);
    expect(collector!.environment).toMatchObject({ SYMBOLS: 'BTC,ETH', REDIS_URL: 'redis://redis:6379' });
    expect(strategy!.environment).toMatchObject({
      STRATEGY_NAME: 'rsi',
      DATABASE_URL: 'postgres://alpha:other@db:5432/alpha',
    });
    expect(db!.environment.POSTGRES_PASSWORD).toBe('other');
  });
});

test('compose.local.yaml points every process that knows an exchange at the simulator', () => {
  for (const name of ['collector', 'strategy', 'execution', 'engine']) {
    expect(LOCAL[name]!.environment, name).toMatchObject({
      REST_BASE_URL: 'http://simulator:7070',
      WS_PUBLIC_URL: 'ws://simulator:7070/ws/public/v1',
    });
  }
});

test('.env.example has the fixed names and no value for a key', async () => {
  const lines = (await readRoot('.env.example')).split('\n').filter((line) => /^[A-Z]/.test(line));
  const names = lines.map((line) => line.split('=')[0]);
  expect(names).toEqual(expect.arrayContaining(FIXED));
  expect(lines).toEqual(expect.arrayContaining(['API_KEY=', 'API_SECRET=']));
});

describe('Dockerfile', () => {
  test('ends as a user without rights, with alpha itself as the process that gets the signals', async () => {
    const final = (await readRoot('Dockerfile')).split(/^FROM /m).at(-1)!;
    expect(final).toMatch(/^USER node$/m);
    expect(final).toMatch(/^ENTRYPOINT \["alpha"\]$/m);
    expect(final).toMatch(/ln -s \/app\/packages\/cli\/bin\/run\.js \/usr\/local\/bin\/alpha/);
  });

  test('copies every package that alpha needs', async () => {
    const text = await readRoot('Dockerfile');
    for (const name of ['core', 'gmo-adapter', 'strategies', 'backtest', 'cli']) {
      expect(text).toContain(`COPY packages/${name}/package.json packages/${name}/`);
    }
  });
});
