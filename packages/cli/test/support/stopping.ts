import { join } from 'node:path';
import type { AlphaEvent, EventBus } from '@alpha-engine/core';
import { openEmbeddedBus } from '@alpha-engine/core/embedded';
import { defaultTapePath, loadTape, type SimulatorStats } from '@alpha-engine/gmo-adapter/simulator';
import { expect } from 'vitest';
import type { Alpha } from './alpha.js';

const TYPES = ['trade', 'orderbook', 'ticker', 'status'] as const;
/** Some thousand events a second of one symbol, without end. */
export const BUSY = ['--speed', '60', '--hold', '3', '--loop'];
const WITHIN_MS = 2_000;

type Env = Readonly<Record<string, string>>;

interface Report {
  readonly received: number;
  readonly published: number;
  readonly spooled: number;
  readonly dropped: number;
}

export async function statsOf({ REST_BASE_URL }: Env): Promise<SimulatorStats> {
  return (await fetch(`${REST_BASE_URL}/sim/stats`)).json() as Promise<SimulatorStats>;
}

export const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
export const sent = ({ frames, repeats }: SimulatorStats) =>
  sum(frames.trades) + sum(frames.orderbooks) + sum(frames.ticker) + repeats;

export async function underLoad(env: Env, more = 5_000): Promise<void> {
  const before = sent(await statsOf(env));
  await expect
    .poll(async () => sent(await statsOf(env)), { timeout: 30_000, interval: 20 })
    .toBeGreaterThan(before + more);
}

/** SIGTERM to the end of the process: in time, without a failure, and with all that came accounted for. */
export async function stop(collector: Alpha): Promise<Report> {
  const begun = performance.now();
  const { exit, stdout, stderr } = await collector.end('SIGTERM');
  const tookMs = performance.now() - begun;
  expect(exit, stderr).toBe(0);
  expect(stderr).toBe('');
  expect(tookMs).toBeLessThan(WITHIN_MS);
  const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
  const { received, published, spooled, dropped } = report;
  expect(published + spooled + dropped).toBe(received);
  return report;
}

export async function eventsOn(bus: EventBus): Promise<AlphaEvent[]> {
  try {
    const pages = await Promise.all(TYPES.map((type) => bus.range(`md:${type}`, null, 1_000_000)));
    return pages.flat().map(({ event }) => event);
  } finally {
    await bus.close();
  }
}

/** Throws where one is missing, double or out of order. */
export function countMarketEvents(events: readonly AlphaEvent[]): number {
  const last = new Map<string, number>();
  for (const { type, symbol, seq } of events) {
    const key = `${type} ${symbol}`;
    if (seq !== (last.get(key) ?? 0) + 1) throw new Error(`${key}: ${seq} comes after ${last.get(key)}.`);
    last.set(key, seq);
  }
  return events.filter(({ type }) => type !== 'status').length;
}

/** When the trades of the tape happened, as long as market time is that of the tape. */
export async function timesOnTape(): Promise<number[]> {
  const { records } = await loadTape(defaultTapePath());
  return records.filter(({ kind, symbol }) => kind === 'trade' && symbol === 'BTC_JPY').map(({ ts }) => ts);
}

export const embedded = (folder: string) => openEmbeddedBus({ folder: join(folder, '.alpha', 'bus') });
