import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../support/random.js';
import { startHoldingRelay } from './support/holding-relay.js';
import { Trading } from './support/trading.js';

const ROUNDS = 5;
const STANDBY = 'standby: another engine owns these brains; this one takes over when it ends';

/** The connection that holds the locks: what its host would lose with its network. */
const CUT_THE_OWNER = `SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' GROUP BY pid`;

test('owners that are stopped, replaced and woken up again send and record nothing more, round after round', {
  timeout: 400_000,
}, async () => {
  const seed = Number(process.env.ALPHA_SEED ?? randomInt(1_000_000_000));
  console.info(`seed ${seed} (repeat with ALPHA_SEED=${seed})`);
  const random = seededRandom(seed);
  const trading = await Trading.start({ symbols: ['BTC'], speed: 2 });
  const admin = new Client({ connectionString: trading.databaseUrl });
  admin.on('error', () => {});
  await admin.connect();

  let owner = await trading.engine();
  await owner.saying('engine started');
  for (let round = 0; round < ROUNDS; round++) {
    const standby = await trading.engine();
    await standby.saying(STANDBY);
    // In the middle of whatever it does then.
    await trading.moreOrders(1);
    await delay(random() * 50);
    owner.signal('SIGSTOP');
    const stopped = performance.now();
    await admin.query(CUT_THE_OWNER);
    await standby.saying('engine started');
    const owned = performance.now();
    await trading.moreOrders(1);
    const traded = performance.now();

    const sent = await trading.exchangeOrders();
    owner.signal('SIGCONT');
    const exit = await owner.ended();
    expect(exit, owner.tail).toBe(6);
    expect(owner.tail).toMatch(/OWNERSHIP_LOST|STORE_FENCED|BUS_FENCED|BUS_GROUP_TAKEN/);
    const code = /"code":"([A-Z_]+)"/.exec(
      owner.tail.split('\n').findLast((line) => line.startsWith('{"error"')) ?? '',
    )?.[1];
    console.info(
      `round ${round}: owned after ${Math.round(owned - stopped)} ms, traded after ${Math.round(traded - stopped)} ms, ` +
        `${sent} orders when the old one woke up and ended with ${code}`,
    );
    owner = standby;
  }
  await admin.end();
  await trading.settle();
  expect(await owner.stop(), owner.tail).toBe(0);
  expect(owner.last('engine stopped')).toMatchObject({ reconciled: true, differences: [] });
  await trading.expectEachSentOnce();
});

// Here only `Hold.held` and the half of the horizon stand between a woken owner and a second order: store and bus have
// accepted everything it wrote by then. With both of them switched off this test is red.
test('an owner that is stopped between the record of SUBMITTED and the request does not send when it wakes up replaced', {
  timeout: 200_000,
}, async () => {
  const trading = await Trading.start({ symbols: ['BTC'], speed: 2 });
  const admin = new Client({ connectionString: trading.databaseUrl });
  onTestFinished(() => admin.end());
  admin.on('error', () => {});
  await admin.connect();

  const relay = await startHoldingRelay(trading.redisUrl);
  // The first order is an entry: the exchange would take it twice.
  const held = relay.hold('SUBMITTED');
  const owner = await trading.engine({ REDIS_URL: relay.url });
  await held;
  owner.signal('SIGSTOP');
  expect(await trading.exchangeOrders()).toBe(0);
  await admin.query(CUT_THE_OWNER);
  const heir = await trading.engine();
  // The order in doubt comes first: its symbol is not traded before it is resolved.
  await trading.moreOrders(1);
  relay.release();
  owner.signal('SIGCONT');
  expect(await owner.ended(), owner.tail).toBe(6);

  await trading.settle();
  expect(await heir.stop(), heir.tail).toBe(0);
  expect(heir.last('engine stopped')).toMatchObject({ reconciled: true, differences: [] });
  await trading.expectEachSentOnce();
});
