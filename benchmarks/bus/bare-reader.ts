// The reference beside reader.ts: looks into a bare LMDB file every millisecond for the next keys, and parses their values.
// Arguments: file, number of events.
import { decodeEvent } from '@alpha-engine/core';
import { open } from 'lmdb';
import { DelayMeter } from './delays.js';

const GIVE_UP_MS = 5000;

const [file = '', wanted = '0'] = process.argv.slice(2);
const db = open<string, number>(file, { noSubdir: true, encoding: 'string' });
process.stdout.write('ready\n');
const meter = new DelayMeter();
let lookedInVainSince = performance.now();
while (meter.read < Number(wanted) && performance.now() - lookedInVainSince < GIVE_UP_MS) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  db.resetReadTxn();
  const found = [...db.getRange({ start: meter.read + 1 })].map(({ value }) => decodeEvent(value));
  const nowMs = performance.timeOrigin + performance.now();
  if (found.length > 0) lookedInVainSince = performance.now();
  for (const event of found) {
    if (event.type === 'trade' && event.seq !== undefined) meter.add(event.seq, event.data.price, nowMs);
  }
}
await db.close();
process.stdout.write(`${JSON.stringify(meter.result())}\n`);
