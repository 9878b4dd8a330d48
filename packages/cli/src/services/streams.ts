import {
  AlphaError,
  type Delivery,
  type EventBus,
  type GroupLag,
  oldestSeconds,
  type StreamInfo,
} from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { lookAtBus } from './look-at-bus.js';
import { wallClock } from './wall-clock.js';

/** A stream, or a group's place in one. */
export interface StreamLag extends StreamInfo {
  /** Appended per second while looking; null where it was looked at once. */
  readonly publishedPerSecond: number | null;
  readonly groups: readonly GroupPlace[];
}

export interface GroupPlace extends Omit<GroupLag, 'stream'> {
  /** Age of the oldest entry that is not acknowledged, seconds of wall time; null when there is none. */
  readonly oldestSeconds: number | null;
  /** Acknowledged per second while looking; null where it was looked at once. */
  readonly consumedPerSecond: number | null;
}

/** Every stream with its groups; looked at twice, `seconds` apart, it also tells how fast they move. */
export function streamLag(config: Config, seconds: number): Promise<readonly StreamLag[]> {
  return lookAtBus(config, async (bus) => {
    const first = seconds > 0 ? await look(bus) : null;
    if (first !== null) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const now = await look(bus);
    return Promise.all(
      now.streams.map(async (stream) => {
        const groups = now.lags.filter((lag) => lag.stream === stream.stream);
        const length = first?.streams.find((one) => one.stream === stream.stream)?.length ?? 0;
        const published = first === null ? null : perSecond(stream.length - length, first.atMs, now.atMs);
        const places = await Promise.all(groups.map((lag) => placeOf(bus, lag, published, first, now)));
        return { ...stream, publishedPerSecond: published, groups: places };
      }),
    );
  });
}

interface Look {
  readonly atMs: number;
  readonly streams: readonly StreamInfo[];
  readonly lags: readonly GroupLag[];
}

async function look(bus: EventBus): Promise<Look> {
  const [streams, lags] = [await bus.streams(), await bus.lag()];
  return { atMs: performance.now(), streams, lags };
}

function perSecond(count: number, fromMs: number, toMs: number): number {
  return Math.round(Math.max(0, count) / ((toMs - fromMs) / 1000));
}

async function placeOf(
  bus: EventBus,
  lag: GroupLag,
  published: number | null,
  first: Look | null,
  now: Look,
): Promise<GroupPlace> {
  const { group, stream, position, pending } = lag;
  const before = first?.lags.find((one) => one.group === group && one.stream === stream);
  // What was published and does not wait was consumed.
  const shrunk = before === undefined || first === null ? 0 : perSecond(before.lag - lag.lag, first.atMs, now.atMs);
  const grown = before === undefined || first === null ? 0 : perSecond(lag.lag - before.lag, first.atMs, now.atMs);
  return {
    group,
    lag: lag.lag,
    pending,
    position,
    oldestSeconds: await oldestSeconds(bus, lag, wallClock.now()),
    consumedPerSecond: published === null ? null : Math.max(0, published + shrunk - grown),
  };
}

/** A reader of the bus over all its streams. */
export interface ListedGroup {
  readonly group: string;
  readonly streams: readonly string[];
  readonly lag: number;
  readonly pending: number;
  /** Seconds of wall time; null when it has read everything. A group nobody reads for any more grows here without end. */
  readonly oldestSeconds: number | null;
}

export async function listGroups(config: Config): Promise<readonly ListedGroup[]> {
  const groups = new Map<string, ListedGroup>();
  for (const { stream, groups: places } of await streamLag(config, 0)) {
    for (const { group, lag, pending, oldestSeconds } of places) {
      const known = groups.get(group) ?? { group, streams: [], lag: 0, pending: 0, oldestSeconds: null };
      const oldest = Math.max(known.oldestSeconds ?? -1, oldestSeconds ?? -1);
      groups.set(group, {
        group,
        streams: [...known.streams, stream],
        lag: known.lag + lag,
        pending: known.pending + pending,
        oldestSeconds: oldest < 0 ? null : oldest,
      });
    }
  }
  return [...groups.values()].toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

/** Forgets a group and its places, so that it holds up no trimming. Throws `USAGE` for one that is not there. */
export async function dropGroup(config: Config, group: string): Promise<{ readonly dropped: string }> {
  return lookAtBus(config, async (bus) => {
    if ((await bus.lag(group)).length === 0)
      throw unknown(`The bus has no group "${group}"; see \`alpha stream groups\`.`);
    await bus.dropGroup(group);
    return { dropped: group };
  });
}

export interface PeekRequest {
  readonly stream: string;
  readonly after: string | null;
  readonly limit: number;
}

/** Entries as they stand on a stream; changes nothing. */
export function peek(config: Config, { stream, after, limit }: PeekRequest): Promise<readonly Delivery[]> {
  return lookAtBus(config, async (bus) => {
    await assertStream(bus, stream);
    return bus.range(stream, after, limit);
  });
}

export interface Trimmed {
  readonly stream: string;
  readonly removed: number;
  readonly length: number;
}

/** Removes entries from the head, never one that a group still needs. */
export function trimStream(config: Config, stream: string, keep: number): Promise<Trimmed> {
  return lookAtBus(config, async (bus) => {
    await assertStream(bus, stream);
    const removed = await bus.trim(stream, keep);
    const length = (await bus.streams()).find((one) => one.stream === stream)?.length ?? 0;
    return { stream, removed, length };
  });
}

async function assertStream(bus: EventBus, stream: string): Promise<void> {
  const streams = (await bus.streams()).map((one) => one.stream);
  if (!streams.includes(stream)) throw noStream(stream, streams);
}

export function noStream(stream: string, streams: readonly string[]): AlphaError {
  return unknown(`The bus has no stream "${stream}". It has: ${streams.join(', ') || 'none yet'}.`);
}

function unknown(sentence: string): AlphaError {
  return new AlphaError('USAGE', sentence);
}
