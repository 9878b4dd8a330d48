// The other process of the latency benchmark: reads a group until it has seen so many events, then says how late they were.
// Arguments: folder, number of events. Each event carries when it was published, epoch microseconds, as its price.
import { openEmbeddedBus } from '@alpha-engine/core/embedded';

const [folder = '', wanted = '0'] = process.argv.slice(2);
const bus = await openEmbeddedBus({ folder });
const reader = await bus.subscribe({ group: 'bench', consumer: 'reader', streams: ['md:trade'] });
process.stdout.write('ready\n');
const delaysMs: number[] = [];
let lost = 0;
let last = 0;
while (delaysMs.length < Number(wanted)) {
  const { deliveries } = await reader.read({ waitMs: 5000 });
  if (deliveries.length === 0) break;
  const nowMs = performance.timeOrigin + performance.now();
  for (const { event } of deliveries) {
    if (event.type !== 'trade' || event.seq === undefined) continue;
    lost += event.seq - last - 1;
    last = event.seq;
    delaysMs.push(nowMs - event.data.price / 1000);
  }
  const end = deliveries.at(-1);
  if (end) await reader.ack('md:trade', [end.id]);
}
await bus.close();
delaysMs.sort((a, b) => a - b);
const at = (part: number) => delaysMs[Math.floor((delaysMs.length - 1) * part)] ?? Number.NaN;
process.stdout.write(`${JSON.stringify({ p50: at(0.5), p99: at(0.99), read: delaysMs.length, lost })}\n`);
