// Publishes numbered trades until it is killed. Says `at <seq>` after each answer. Arguments: folder, events a call.
import { type AlphaEvent, Publisher, silentLogger } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';

const [folder, size] = process.argv.slice(2);
const bus = await openEmbeddedBus({ folder: folder!, logger: silentLogger });
const series = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
const publisher = await Publisher.open(bus, [series]);
console.log(`from ${publisher.lastSeq(series)}`);
for (;;) {
  const last = publisher.lastSeq(series);
  const events: AlphaEvent[] = Array.from({ length: Number(size) }, (_, index) => ({
    type: 'trade',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1_732_312_345_000,
    // What a source would send after `last`: proves that the number and the content go together.
    data: { price: last + index + 1, size: 0.01, side: 'buy' },
  }));
  await publisher.publish(events);
  console.log(`at ${publisher.lastSeq(series)}`);
}
