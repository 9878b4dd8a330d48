import { fileURLToPath } from 'node:url';
import type { TradeEvent } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildChild } from '../support/build-child.js';
import { seededRandom } from '../support/random.js';
import { killChildren, startChild } from '../support/start-child.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { everything, killPublisher, spin } from './support/kill-publisher.js';

const SEED = Number(process.env.ALPHA_SEED ?? 20_261_122);
const ROUNDS = 8;

// Dozens of processes are started; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const child = (name: string) => buildChild(fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url)));
let publishChild: string;
let readChild: string;

beforeAll(async () => {
  [publishChild, readChild] = await Promise.all([child('publish-child'), child('read-child')]);
});

afterEach(killChildren);

describe('embedded bus between processes', () => {
  // Many more in embedded-bus-kills.long.test.ts.
  it(`keeps seq gapless and nothing double when the publisher is killed ${ROUNDS} times (seed ${SEED})`, async () => {
    await using folder = await temporaryFolder();
    await expect(killPublisher(folder.path, ROUNDS, SEED)).resolves.toBeUndefined();
  });

  it('survives the kill of every process that had it open', async () => {
    await using folder = await temporaryFolder();
    let answered = 0;
    for (let round = 0; round < 3; round++) {
      const publisher = startChild(publishChild, [folder.path, '10']);
      const from = Number((await publisher.line((line) => line.startsWith('from '))).split(' ')[1]);
      expect(from).toBeGreaterThanOrEqual(answered);
      const line = await publisher.line((text) => text.startsWith('at ') && publisher.lines.length > 5);
      answered = Number(line.split(' ')[1]);
      await publisher.kill();
    }
    const bus = await openEmbeddedBus({ folder: folder.path });
    expect((await everything(bus)).length).toBeGreaterThanOrEqual(answered);
    await bus.close();
  });

  it(`delivers from the acknowledged place after the reader is killed, to another process too (seed ${SEED})`, async () => {
    await using folder = await temporaryFolder();
    const bus = await openEmbeddedBus({ folder: folder.path });
    await bus.publish(
      null,
      Array.from({ length: 1000 }, (_, index) => tradeAt(index + 1)),
    );
    const random = seededRandom(SEED);
    let place = 0;
    for (let round = 0; round < 6; round++) {
      const reader = startChild(readChild, [folder.path, 'g', '10']);
      const batches = 2 + Math.floor(random() * 6);
      for (let batch = 1; batch <= batches; batch++) reader.send('next');
      await reader.line((line) => line === `batch ${batches}`);
      // The kill comes somewhere in one more batch: before, while or after it is acknowledged.
      reader.send('next');
      await spin(random() * 2);
      await reader.kill();
      const first = reader.lines.find((line) => line.startsWith('read '));
      expect(Number(first?.split(' ')[1])).toBe(place + 1);
      const acked = reader.lines.filter((line) => line.startsWith('acked ')).at(-1);
      place = Number((await bus.lag('g'))[0]?.position);
      expect(place).toBeGreaterThanOrEqual(Number(acked?.split(' ')[1]));
    }
    await bus.close();
  });

  it('wakes a reader in another process without polling', async () => {
    await using folder = await temporaryFolder();
    const bus = await openEmbeddedBus({ folder: folder.path });
    const reader = startChild(readChild, [folder.path, 'g', '100']);
    await reader.line((line) => line === 'ready');
    for (let count = 1; count <= 20; count++) reader.send('next');
    const delays: number[] = [];
    for (let count = 1; count <= 20; count++) {
      const sent = performance.now();
      await bus.publish(null, [tradeAt(count)]);
      await reader.line((line) => line.startsWith(`read ${count} `));
      delays.push(performance.now() - sent);
    }
    await reader.kill();
    await bus.close();
    delays.sort((a, b) => a - b);
    // The safety poll alone would take 125 ms on average.
    expect(delays[10]).toBeLessThan(60);
  });

  it('fences a publisher that runs when another starts', async () => {
    await using folder = await temporaryFolder();
    const first = startChild(publishChild, [folder.path, '5']);
    await first.line((line) => line.startsWith('at '));
    const second = startChild(publishChild, [folder.path, '5']);
    await second.line((line) => line.startsWith('at '));
    const { code } = await first.exited;
    expect(code).not.toBe(0);
    await second.kill();
    const bus = await openEmbeddedBus({ folder: folder.path, readOnly: true });
    const events = await everything(bus);
    await bus.close();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it('can be looked at, for reading only, while another process writes', async () => {
    await using folder = await temporaryFolder();
    const publisher = startChild(publishChild, [folder.path, '20']);
    await publisher.line((line) => line.startsWith('at '));
    const bus = await openEmbeddedBus({ folder: folder.path, readOnly: true });
    const before = (await bus.streams())[0]!.length;
    await publisher.line((line) => line.startsWith('at ') && Number(line.split(' ')[1]) > before + 100);
    expect((await bus.streams())[0]!.length).toBeGreaterThan(before);
    expect(await bus.lag()).toEqual([]);
    await expect(bus.publish(null, [tradeAt(1)])).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
    await bus.close();
    await publisher.kill();
  });
});

function tradeAt(price: number): TradeEvent {
  return { type: 'trade', exchange: 'gmo', symbol: 'BTC_JPY', ts: 1, data: { price, size: 0.01, side: 'buy' } };
}
