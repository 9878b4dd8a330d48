// Publishes trades until it is killed, over a disk that may be full. Says `at <seq>` after each answer and `retry <error>`
// for each failure that the publisher was told. Arguments: folder, where commits run (`here` or `behind`).
import { type AlphaEvent, type Logger, Publisher, silentLogger } from '@alpha-engine/core';
import { prepareBusFolder } from '../../../src/bus/embedded/bus-folder.js';
import { DiskSpeed } from '../../../src/bus/embedded/disk-speed.js';
import { LmdbStorage, openLmdb } from '../../../src/bus/embedded/lmdb-storage.js';
import { WakeFile } from '../../../src/bus/embedded/wake-file.js';
import { StorageBus } from '../../../src/bus/storage-bus.js';

class SlowDisk extends DiskSpeed {
  override isFast(): boolean {
    return false;
  }
}

const logger: Logger = {
  ...silentLogger,
  warn: (fields) => console.log(`retry ${(fields as { error?: string }).error}`),
};

const [folder, where] = process.argv.slice(2);
const files = await prepareBusFolder(folder!, false);
const disk = where === 'behind' ? new SlowDisk() : new DiskSpeed();
const storage = new LmdbStorage(openLmdb(files.database), new WakeFile(files.wake, silentLogger), files.folder, disk);
const bus = new StorageBus(storage);
const series = { stream: 'md:trade', exchange: 'gmo', symbol: 'BTC_JPY', type: 'trade' } as const;
const publisher = await Publisher.open(bus, [series], { logger });
for (;;) {
  const last = publisher.lastSeq(series);
  const events: AlphaEvent[] = Array.from({ length: 10 }, (_, index) => ({
    type: 'trade',
    exchange: 'gmo',
    symbol: 'BTC_JPY',
    ts: 1_732_312_345_000,
    data: { price: last + index + 1, size: 0.01, side: 'buy' },
  }));
  await publisher.publish(events);
  console.log(`at ${publisher.lastSeq(series)}`);
  await new Promise(setImmediate);
}
