import { silentLogger } from '@alpha-engine/core';
import { openFileArchiveWriter } from '@alpha-engine/core/archive';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { runArchiver } from '@alpha-engine/core/process';

/*
 * Archives the bus of the first folder into the second until it is killed, and makes every few entries durable, so that
 * a kill meets it in the middle of that. Says when it begins; SIGTERM ends it in order.
 */
const [busFolder, folder] = process.argv.slice(2) as [string, string];
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const bus = await openEmbeddedBus({ folder: busFolder });
const writer = await openFileArchiveWriter({ folder });
process.stdout.write('archiving\n');
const options = { group: 'archive', consumer: 'child', wallClock: { now: Date.now }, flushMs: 3, logger: silentLogger };
const report = await runArchiver({ ...options, bus, writer }, stop.signal);
await writer.close();
await bus.close();
process.stdout.write(`report ${JSON.stringify(report)}\n`);
