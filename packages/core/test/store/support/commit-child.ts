import { createPostgresStore, openEmbeddedDatabase } from '@alpha-engine/core/postgres';
import { barOf, stepOf, tradeOf } from '../../../src/testing/store-records.js';

/*
 * Owns the database of the folder it is given and commits one batch after the other, each with one bar, one input-log row
 * and one outbox event, until it is killed. Says what it found at first, and each batch that was acknowledged.
 */
const [folder] = process.argv.slice(2) as [string];
const database = await openEmbeddedDatabase({ folder });
const store = createPostgresStore(database.pool);
await store.migrate();
const owner = await store.takeOver('strategy:gmo');

let inputs = 0;
for await (const { batch } of store.inputLog('strategy:gmo', 0)) if (batch === inputs + 1) inputs = batch;
const found = {
  batch: owner.checkpoint?.batch ?? 0,
  bars: (await store.counts()).bars,
  inputs,
  outbox: (await store.unpublished('strategy:gmo')).length,
};
process.stdout.write(`found ${JSON.stringify(found)}\n`);

for (let batch = found.batch + 1; ; batch++) {
  await store.commit(stepOf(owner, { batch, bars: [barOf(batch)], inputs: [batch], outbox: [tradeOf(batch)] }));
  process.stdout.write(`committed ${batch}\n`);
}
