import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ORDER_STATUSES, type OrderStatus } from '../../src/events/order.js';
import { TRANSITIONS } from '../../src/orders/transitions.js';
import { createPostgresStore, type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/store/postgres/index.js';

let database: EmbeddedDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alpha-steps-'));
  database = await openEmbeddedDatabase({ folder });
  await createPostgresStore(database.pool).migrate();
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function leadsTo(from: OrderStatus, found = new Set<OrderStatus>([from])): ReadonlySet<OrderStatus> {
  for (const [a, b] of TRANSITIONS) if (a === from && !found.has(b)) leadsTo(b, found.add(b));
  return found;
}

test('the database takes every step that the table leads to, and no other', async () => {
  const { pool } = database;
  const taken: string[] = [];
  for (const from of ORDER_STATUSES) {
    for (const to of ORDER_STATUSES) {
      await pool.query('DELETE FROM orders');
      await pool.query(
        `INSERT INTO orders (client_order_id, exchange, symbol, strategy, signal_id, leg, side, effect, purpose, type,
           time_in_force, size, created_ts, status, request, filled_size, exchange_order_id, updated_ts)
         VALUES ('o', 'gmo', 'BTC', 's', 'x', 0, 'buy', 'open', 'entry', 'market', 'ioc', 1, 0, $1, 'none', 0, 'e', 0)`,
        [from],
      );
      const step = pool.query('UPDATE orders SET status = $1', [to]);
      await step.then(
        () => taken.push(`${from} ${to}`),
        (error: Error) => expect(error.message).toContain(`cannot go from ${from} to ${to}`),
      );
    }
  }
  const legal = ORDER_STATUSES.flatMap((from) =>
    ORDER_STATUSES.filter((to) => leadsTo(from).has(to)).map((to) => `${from} ${to}`),
  );
  expect(taken).toEqual(legal);
});
