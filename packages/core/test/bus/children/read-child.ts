// Reads as the owner of a group until it is killed. Says `read <id>` for each entry, then acknowledges every second batch
// and says `acked <id>`. Arguments: folder, group, limit.
import { openEmbeddedBus } from '@alpha-engine/core/embedded';

const [folder, group, limit] = process.argv.slice(2);
const bus = await openEmbeddedBus({ folder: folder! });
const reader = await bus.subscribe({ group: group!, consumer: `p${process.pid}`, streams: ['md:trade'] });
console.log('ready');
for (let batch = 1; ; batch++) {
  const { deliveries } = await reader.read({ limit: Number(limit) });
  for (const { id, event } of deliveries) console.log(`read ${id} ${event.seq}`);
  const last = deliveries.at(-1);
  if (last === undefined || batch % 2 === 1) continue;
  await reader.ack('md:trade', [last.id]);
  console.log(`acked ${last.id}`);
}
