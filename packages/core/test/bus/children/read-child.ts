// Reads as the owner of a group, one batch for each line on stdin. Says `read <id> <seq>` for each entry, acknowledges every
// second batch and then says `acked <id>`; after each batch it says `batch <number>`. Arguments: folder, group, limit.
import { createInterface } from 'node:readline';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';

const [folder, group, limit] = process.argv.slice(2);
const bus = await openEmbeddedBus({ folder: folder! });
const reader = await bus.subscribe({ group: group!, consumer: `p${process.pid}`, streams: ['md:trade'] });
console.log('ready');
let batch = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  batch += 1;
  const { deliveries } = await reader.read({ limit: Number(limit), waitMs: 10_000 });
  for (const { id, event } of deliveries) console.log(`read ${id} ${event.seq}`);
  const last = deliveries.at(-1);
  if (last !== undefined && batch % 2 === 0) {
    await reader.ack('md:trade', [last.id]);
    console.log(`acked ${last.id}`);
  }
  console.log(`batch ${batch}`);
}
await bus.close();
