import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type AlphaEvent, Publisher, type TickerEvent, type TradeEvent } from '@alpha-engine/core';
import { openFileArchive, readArchive, verifyArchive } from '@alpha-engine/core/archive';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { afterEach, expect, test } from 'vitest';
import { buildChild } from '../support/build-child.js';
import { seededRandom } from '../support/random.js';
import { killChildren, startChild } from '../support/start-child.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const KILLS = 12;
/** A few milliseconds before midnight, so that two days are written at once. */
const START = Date.parse('2024-11-22T23:59:59.500Z');

afterEach(killChildren);

function event(n: number): AlphaEvent {
  // Every third event is late, so that numbers of the two days interleave.
  const ts = START + n - (n % 3 === 0 ? 40 : 0);
  const base = { exchange: 'gmo', symbol: n % 5 === 0 ? 'ETH' : 'BTC_JPY', ts };
  const trade: TradeEvent = { ...base, type: 'trade', data: { price: 1 + n, size: 0.01, side: 'buy' } };
  const ticker: TickerEvent = {
    ...base,
    type: 'ticker',
    data: { bid: 1, ask: 2, last: 1 + n, high: 2, low: 1, volume: 1 },
  };
  return n % 2 === 0 ? trade : ticker;
}

test('kill -9 of the archiver at any moment loses nothing and doubles nothing', async () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
  console.log(`archiver kills: TEST_SEED=${seed}`);
  const random = seededRandom(seed);
  await using temporary = await temporaryFolder();
  const folder = join(temporary.path, 'archive');
  const busFolder = join(temporary.path, 'bus');
  const script = await buildChild(fileURLToPath(new URL('./support/archive-child.ts', import.meta.url)));
  const bus = await openEmbeddedBus({ folder: busFolder });
  const publisher = await Publisher.open(bus, []);
  const sent: AlphaEvent[] = [];
  let publishing = true;
  const load = (async () => {
    while (publishing) {
      const batch = Array.from({ length: 5 }, (_, n) => event(sent.length + n));
      sent.push(...batch);
      await publisher.publish(batch);
      await delay(1);
    }
  })();
  for (let kill = 0; kill < KILLS; kill++) {
    const child = startChild(script, [busFolder, folder]);
    await child.line((line) => line === 'archiving');
    await delay(random() * 60);
    await child.kill();
  }
  publishing = false;
  await load;

  const last = startChild(script, [busFolder, folder]);
  await last.line((line) => line === 'archiving');
  while ((await bus.lag('archive')).some(({ lag }) => lag > 0)) await delay(20);
  last.kill('SIGTERM').catch(() => {});
  await last.line((line) => line.startsWith('report '));
  await bus.close();

  const archive = openFileArchive({ folder });
  const report = await verifyArchive(archive);
  expect(report).toMatchObject({ damaged: [], gaps: [], rows: sent.length });
  const found: AlphaEvent[] = [];
  for await (const one of readArchive(archive)) found.push(one);
  // The bus writes the fields in an order of its own.
  const bare = (events: readonly AlphaEvent[]) =>
    events.map(({ seq, ...rest }) => JSON.stringify(Object.entries(rest).sort())).sort();
  expect(bare(found)).toEqual(bare(sent));
}, 60_000);
