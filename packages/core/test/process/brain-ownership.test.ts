import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AlphaError } from '../../src/errors/alpha-error.js';
import { BrainOwnership } from '../../src/process/brain-ownership.js';
import { executionClaim, strategyClaim } from '../../src/process/claims.js';
import type { Claim } from '../../src/process/lock-queue.js';
import type { BrainLocks } from '../../src/store/brain-locks.js';
import { connectServerDatabase, readOwners } from '../../src/store/postgres/index.js';
import { silentLogger } from '../../src/telemetry/logger.js';
import { startServer, type TestServer } from '../store/support/start-server.js';

const STRATEGY = strategyClaim({ exchange: 'gmo', symbols: ['BTC_JPY'] });
const ETH = { exchange: 'gmo', symbols: ['ETH_JPY'] };
const LIVE = executionClaim('gmo', 'key');
const never = new AbortController().signal;

describe('owning brains on a PostgreSQL server', () => {
  let server: TestServer;
  let url: string;
  beforeAll(async () => {
    server = await startServer();
  });
  beforeEach(async () => {
    url = await server.newDatabase();
  });
  afterAll(() => server.stop());

  async function connect(lockPatienceMs?: number) {
    const database = await connectServerDatabase({ url, ...(lockPatienceMs !== undefined && { lockPatienceMs }) });
    onTestFinished(database.close);
    return database;
  }

  /** Obtaining in the background, with what was logged. */
  function contender(locks: BrainLocks, claims: readonly Claim[], signal = never) {
    const said: string[] = [];
    const note = (_: unknown, message: string) => void said.push(message);
    const logger = { ...silentLogger, info: vi.fn(note), warn: vi.fn(note) };
    const obtaining = BrainOwnership.obtain({ locks, claims, logger, lookEveryMs: 20, giveUpAfterMs: 10_000 }, signal);
    obtaining.then((ownership) => onTestFinished(() => ownership.close())).catch(() => {});
    return {
      obtaining,
      said,
      logger,
      waiting: () => expect.poll(() => said.join(), { timeout: 10_000 }).toMatch(/standby/),
    };
  }

  async function admin() {
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  }

  test('the second waits, is seen waiting, and owns when the first lets go', async () => {
    const { locks, pool } = await connect();
    const first = await contender(locks, [STRATEGY, LIVE]).obtaining;
    expect([first.held, first.waited]).toEqual([true, false]);
    const second = contender(locks, [STRATEGY]);
    await second.waiting();
    const owners = await readOwners(pool, ['strategy:gmo', 'execution:gmo', 'strategy:other']);
    const who = expect.stringMatching(new RegExp(`/${process.pid}$`));
    expect(owners.get('strategy:gmo')).toMatchObject({ owner: { who }, standbys: [{ who }] });
    expect(owners.get('execution:gmo')).toMatchObject({ owner: { who }, standbys: [] });
    expect(owners.get('strategy:other')).toEqual({ owner: null, standbys: [] });
    expect(second.logger.info.mock.lastCall?.[0]).toMatchObject({
      brains: ['strategy:gmo'],
      owner: expect.stringContaining(`/${process.pid}`),
    });
    await first.close();
    const heir = await second.obtaining;
    expect([heir.held, heir.waited, first.held]).toEqual([true, true, false]);
    expect((await readOwners(pool, ['strategy:gmo'])).get('strategy:gmo')?.standbys).toEqual([]);
  });

  test('one of many that start at once owns; both brains of an engine are taken together or not at all', async () => {
    const { locks } = await connect();
    const engines = [[STRATEGY, LIVE], [STRATEGY], [LIVE], [STRATEGY, LIVE]];
    const all = engines.map((claims) => contender(locks, claims));
    const brainsOf = engines.map((claims) => claims.map(({ brain }) => brain));
    const owned: (readonly [number, BrainOwnership])[] = [];
    all.forEach(({ obtaining }, index) => void obtaining.then((ownership) => owned.push([index, ownership])));
    for (let ended = 0; ended < all.length; ended++) {
      await expect.poll(() => owned.length, { timeout: 10_000 }).toBeGreaterThan(ended);
      const held = owned.filter(([, { held }]) => held).flatMap(([index]) => brainsOf[index]!);
      expect(held).toEqual([...new Set(held)]);
      await owned[ended]![1].close();
    }
  });

  test('a standby that is stopped ends at once', async () => {
    const { locks } = await connect();
    await contender(locks, [STRATEGY]).obtaining;
    const stop = new AbortController();
    const second = contender(locks, [STRATEGY], stop.signal);
    await second.waiting();
    stop.abort();
    await expect(second.obtaining).rejects.toBe(stop.signal.reason);
  });

  test('a connection that is cut is made again while nobody else was faster; then the brains are lost for good', async () => {
    const { locks } = await connect();
    const first = contender(locks, [STRATEGY]);
    const owner = await first.obtaining;
    const client = await admin();
    const cut = () =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock'`,
      );
    await cut();
    await expect.poll(() => first.said.join(), { timeout: 10_000 }).toContain('back');
    await owner.assure();
    expect(owner.held).toBe(true);

    // Somebody stands by the lock itself, and has it before anything can be asked for again.
    const thief = await admin();
    const key = (
      await client.query(
        `SELECT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks WHERE locktype = 'advisory' ORDER BY pid, mode`,
      )
    ).rows;
    const stolen = Promise.all(key.map((row) => thief.query('SELECT pg_advisory_lock($1)', [row.key])));
    await cut();
    await stolen;
    await expect(owner.assure()).rejects.toMatchObject({
      code: 'OWNERSHIP_LOST',
      message: expect.stringContaining('strategy:gmo'),
    });
    expect([owner.held, owner.lost.aborted]).toEqual([false, true]);
  });

  test('a beat that fails for good loses the brains at once: another connection would fail too', async () => {
    const { locks } = await connect(600);
    let pooled = false;
    const pooling: BrainLocks = {
      ...locks,
      open: async () => {
        const session = await locks.open();
        const beat = session.beat.bind(session);
        session.beat = () =>
          pooled ? Promise.reject(new AlphaError('STORE_FAILED', 'A pooler cannot hold locks.')) : beat();
        return session;
      },
    };
    const { obtaining, said } = contender(pooling, [STRATEGY]);
    const owner = await obtaining;
    pooled = true;
    await expect.poll(() => owner.lost.aborted, { timeout: 5_000 }).toBe(true);
    expect(owner.lost.reason).toMatchObject({
      code: 'OWNERSHIP_LOST',
      message: expect.stringContaining('A pooler cannot hold locks.'),
    });
    // The locks are free for somebody with a connection that can hold them, and not asked for again.
    await contender(locks, [STRATEGY]).obtaining;
    expect([owner.held, said]).toEqual([false, []]);
  });

  test('an owner that says nothing for longer than the patience has lost by its own clock too', async () => {
    const { locks } = await connect(600);
    const owner = await contender(locks, [STRATEGY]).obtaining;
    const second = contender(locks, [STRATEGY]);
    await second.waiting();
    // As a stopped process does: no timer runs, no socket is read.
    const deadline = performance.now() + 700;
    while (performance.now() < deadline);
    expect(owner.held).toBe(false);
    await Promise.any([owner.assure(), second.obtaining]);
    const { held } = owner;
    // Exactly one of them goes on.
    if (held) await owner.close();
    await second.obtaining;
    await expect(owner.assure()).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' });
  });

  test('refuses a namesake with other symbols, a symbol under two names, and another account', async () => {
    const { locks } = await connect();
    await contender(locks, [STRATEGY, LIVE]).obtaining;
    const refused = async (claims: readonly Claim[], message: string) =>
      expect(contender(locks, claims).obtaining).rejects.toMatchObject({
        code: 'OWNERSHIP_CONFLICT',
        message: expect.stringContaining(message),
      });
    await refused([strategyClaim(ETH)], 'does not have the symbol ETH_JPY');
    await refused(
      [strategyClaim({ exchange: 'gmo', name: 'b', symbols: ['BTC_JPY', 'ETH_JPY'] })],
      'has the symbol BTC_JPY already',
    );
    await refused([executionClaim('gmo', 'other key')], 'does not have this gmo account');
    await refused([executionClaim('gmo')], 'does not have the paper account');
    const other = await contender(locks, [strategyClaim({ ...ETH, name: 'b' })]).obtaining;
    expect(other.held).toBe(true);
  });

  test('outlives a restart of the server', async () => {
    const { locks } = await connect();
    const one = contender(locks, [STRATEGY]);
    const owner = await one.obtaining;
    const standby = contender(locks, [STRATEGY]);
    await standby.waiting();
    await server.restart('kill');
    let heir: BrainOwnership | undefined;
    void standby.obtaining.then((ownership) => {
      heir = ownership;
    });
    // Whichever was faster: the owner before, or its standby.
    const back = () => one.said.join().includes('back') && owner.held;
    await expect.poll(() => heir?.held || back(), { timeout: 10_000 }).toBe(true);
    if (heir === undefined) expect(owner.held).toBe(true);
    else await expect(owner.assure()).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' });
  });
});
