// The other process of the latency benchmark: reads a group until it has seen so many events, then says how late they were.
// Arguments: address of Redis, number of events. Each event carries when it was published, epoch microseconds, as its price.
import { openRedisBus } from '@alpha-engine/core/redis';
import { DelayMeter } from '../bus/delays.js';

const [url = '', wanted = '0'] = process.argv.slice(2);
const bus = await openRedisBus({ url });
const reader = await bus.subscribe({ group: 'bench', consumer: 'reader', streams: ['md:trade'] });
await reader.read({ waitMs: 0 });
process.stdout.write('ready\n');
const meter = new DelayMeter();
while (meter.read < Number(wanted)) {
  const { deliveries } = await reader.read({ waitMs: 5000 });
  if (deliveries.length === 0) break;
  const nowMs = performance.timeOrigin + performance.now();
  for (const { event } of deliveries) {
    if (event.type === 'trade' && event.seq !== undefined) meter.add(event.seq, event.data.price, nowMs);
  }
  const end = deliveries.at(-1);
  if (end) await reader.ack('md:trade', [end.id]);
}
await bus.close();
process.stdout.write(`${JSON.stringify(meter.result())}\n`);
