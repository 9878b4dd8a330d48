import { type PostgresServer, startPostgresServer } from '@alpha-engine/core/testing';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LiveEngine } from '../support/live-engine.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server.stop());

async function sql(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const readOnly = (is: 'on' | 'off') =>
  sql(
    // A session that may not write may still say that the next ones may.
    'SET default_transaction_read_only = off',
    `ALTER DATABASE postgres SET default_transaction_read_only = ${is}`,
    // Those that are open keep what they were opened with.
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
  );

it('while the database takes no writes, or is gone, no order leaves; what is open stays protected; then it goes on', async () => {
  const live = await LiveEngine.create({ DATABASE_URL: server.url, ALPHA_STOP_LOSS_PCT: '1' });
  const engine = await live.engine();
  await live.signal({ id: 'first', strategy: 'first' });
  const stops = () => live.simulator.exchange.openOrders().filter(({ type }) => type === 'stop').length;
  await live.until('the position has its stop', () => stops() === 1);
  const { orders } = live.simulator.stats();
  expect(orders).toBe(2);

  const missed = () => engine.output.split('\n').filter((line) => line.includes('STORE_UNAVAILABLE')).length;
  const goesOn = async (strategy: string, during: () => Promise<void>, after: () => Promise<void>) => {
    const before = live.simulator.stats().orders;
    const known = missed();
    await during();
    await live.quote();
    await live.signal({ id: strategy, strategy });
    await live.until('the database was missed twice', () => missed() >= known + 2);
    expect(live.simulator.stats().orders).toBe(before);
    expect(stops()).toBeGreaterThan(0);
    await after();
    await live.until('the order and its stop are there', () => live.simulator.stats().orders === before + 2);
  };
  await goesOn(
    'second',
    () => readOnly('on'),
    () => readOnly('off'),
  );
  await goesOn(
    'third',
    () => server.kill(),
    () => server.start(),
  );
  await live.until('every position has its stop', () => stops() === 3);
  expect(live.simulator.exchange.positions('BTC_JPY')).toHaveLength(3);

  const stopped = await engine.end('SIGTERM');
  expect(stopped.exit, stopped.stderr).toBe(0);
  expect(await engine.line('engine stopped')).toMatchObject({ reconciled: true });
}, 90_000);

it('a database that takes no writes or that is not there at the start is told in a sentence, and nothing is sent', async () => {
  await sql('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
  await readOnly('on');
  const live = await LiveEngine.create({ DATABASE_URL: server.url });
  const engine = ['engine', '--strategy', './silent.ts', '--live'];
  const failure = async () => {
    const { exit, stderr } = await live.run(...engine);
    return { exit, ...JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error };
  };
  expect(await failure()).toMatchObject({
    exit: 5,
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(/takes no writes.*primary\.$/),
  });
  live.env.DATABASE_URL = 'postgres://alpha@127.0.0.1:1/postgres';
  expect(await failure()).toMatchObject({ exit: 5, code: 'STORE_UNAVAILABLE', message: expect.stringMatching(/\.$/) });
  expect(live.simulator.stats().orders).toBe(0);
}, 60_000);
