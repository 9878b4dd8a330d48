import { fileURLToPath } from 'node:url';
import type { EventBus, TradeEvent } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { expect } from 'vitest';
import { buildChild } from '../../support/build-child.js';
import { seededRandom } from '../../support/random.js';
import { startChild } from '../../support/start-child.js';

/** Kills one publisher after the other at a random moment of a call; what is on the bus must be gapless and hold all that was answered. */
export async function killPublisher(folder: string, rounds: number, seed: number): Promise<void> {
  const script = await buildChild(fileURLToPath(new URL('../children/publish-child.ts', import.meta.url)));
  const random = seededRandom(seed);
  const bus = await openEmbeddedBus({ folder });
  let answered = 0;
  for (let round = 0; round < rounds; round++) {
    const publisher = startChild(script, [folder, String(1 + Math.floor(random() * 40))]);
    const from = Number((await publisher.line((line) => line.startsWith('from '))).split(' ')[1]);
    expect(from, 'what was answered is there after the kill').toBeGreaterThanOrEqual(answered);
    // A random number of answers later, then a random moment inside the next call.
    const answers = Math.floor(random() * 15);
    await publisher.line(() => publisher.lines.length > answers);
    await spin(random() * 3);
    await publisher.kill();
    const last = publisher.lines.filter((line) => line.startsWith('at ')).at(-1);
    if (last !== undefined) answered = Number(last.split(' ')[1]);
  }
  const events = await everything(bus);
  await bus.close();
  expect(events.length).toBeGreaterThanOrEqual(answered);
  for (const [index, { seq, data }] of events.entries()) {
    if (seq !== index + 1 || data.price !== index + 1) {
      throw new Error(`At ${index + 1}: seq ${seq}, price ${data.price}.`);
    }
  }
}

export async function everything(bus: EventBus): Promise<TradeEvent[]> {
  const events: TradeEvent[] = [];
  let after: string | null = null;
  for (;;) {
    const deliveries = await bus.range('md:trade', after, 1000);
    if (deliveries.length === 0) return events;
    for (const { event } of deliveries) events.push(event as TradeEvent);
    after = deliveries.at(-1)!.id;
  }
}

/** Lets the child run for a part of a call, without a timer's coarse steps. */
export async function spin(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
}
