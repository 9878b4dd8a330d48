// The other process of the measurement of scaling: puts events on the bus, in full batches or one by one at a steady rate. Arguments: address
// of Redis, kind, how many, how many a second (0: as fast as they are taken). Prints a line when all are there.
import { Publisher } from '@alpha-engine/core';
import { openRedisBus } from '@alpha-engine/core/redis';
import { mapMarketFrame } from '@alpha-engine/gmo-adapter';
import { type Kind, makeFrame } from './kinds.js';

const BATCH = 500;
/** Exchange time between two events, milliseconds. */
const SPACING_MS = 100;
const START_TS = Date.UTC(2026, 8, 23, 3);

const [url = '', kind = 'trade', wanted = '0', pace = '0'] = process.argv.slice(2);
const [count, rate] = [Number(wanted), Number(pace)];
const bus = await openRedisBus({ url });
const publisher = await Publisher.open(bus, []);
let made = 0;
if (rate === 0) while (made < count) await publisher.publish(events(Math.min(BATCH, count - made)));
else await steadily();
await publisher.close();
await bus.close();
process.stdout.write('done\n');

function events(size: number) {
  return Array.from({ length: size }, () => {
    const ts = START_TS + made * SPACING_MS;
    const frame = mapMarketFrame(JSON.stringify(makeFrame[kind as Kind](made, ts)), ts);
    made += 1;
    if (frame.type === 'rejected' || frame.type === 'error') throw new Error(`Not an event: ${JSON.stringify(frame)}`);
    return frame;
  });
}

async function steadily(): Promise<void> {
  const start = performance.now();
  while (made < count) {
    const due = Math.min(count, Math.floor(((performance.now() - start) / 1000) * rate));
    if (due > made) await publisher.publish(events(due - made));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
