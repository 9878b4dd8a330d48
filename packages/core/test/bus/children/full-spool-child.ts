// Takes trades while its bus is away, over a disk that may be full. Says `kept <n>` and `dropped <n>` as they grow. On a
// line of stdin the bus comes back; then it says which numbers are missing on the bus, and which were told. Argument: folder.
import { once } from 'node:events';
import { type AlphaEvent, type Logger, MemoryBus, type StatusEvent, silentLogger } from '@alpha-engine/core';
import { SpoolingPublisher } from '@alpha-engine/core/process';
import { withOutage } from '../support/outage.js';

const logger: Logger = { ...silentLogger, error: (fields) => console.log(`error ${JSON.stringify(fields)}`) };
const place = { exchange: 'gmo', symbol: 'BTC_JPY' };
const memory = new MemoryBus();
const { bus, goAway, comeBack } = withOutage(memory);
const publisher = await SpoolingPublisher.open(
  bus,
  [
    { ...place, stream: 'md:trade', type: 'trade' },
    { ...place, stream: 'md:status', type: 'status' },
  ],
  { folder: process.argv[2]!, maxBytes: 1e9, patienceMs: 20, clock: { now: () => Date.now() }, logger },
);
goAway();
let isOver = false;
void once(process.stdin, 'data').then(() => {
  isOver = true;
});
while (!isOver) {
  const { spooledEvents: keptBefore, counts: before } = publisher;
  const trade: AlphaEvent = { ...place, type: 'trade', ts: 1, data: { price: 1, size: 1, side: 'buy' } };
  await publisher.take(Array.from({ length: 10 }, () => trade));
  if (publisher.spooledEvents > keptBefore) console.log(`kept ${publisher.spooledEvents}`);
  if (publisher.counts.dropped > before.dropped) console.log(`dropped ${publisher.counts.dropped}`);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
comeBack();
const left = await publisher.close(10_000);

const seqs = (await memory.range('md:trade', null, 1e6)).map(({ event }) => event.seq!);
const statuses = (await memory.range('md:status', null, 1e6)).map(({ event }) => event as StatusEvent);
const missing = [...seqs, publisher.counts.taken + 1].flatMap((seq, index) => {
  const before = index === 0 ? 0 : seqs[index - 1]!;
  return seq === before + 1 ? [] : [`${before + 1}-${seq - 1}`];
});
const told = statuses.map(({ data }) => `${data.from_seq}-${data.to_seq}`);
console.log(`end ${JSON.stringify({ left, missing, told, ...publisher.counts })}`);
process.exit(0);
