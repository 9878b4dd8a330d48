import { AlphaError, type EventBus } from '@alpha-engine/core';
import type { Config } from '../config/schema.js';
import { lookAtBus } from './look-at-bus.js';
import { noStream } from './streams.js';

const DEAD = 'dlq:';
const MOST = 10_000;

/** An entry that could not be decoded. `time` is when it was met, ISO 8601 UTC of wall time. */
export interface ListedLetter {
  readonly stream: string;
  readonly entryId: string;
  readonly time: string;
  /** Who met it first. */
  readonly group: string;
  readonly reason: string;
  /** As it was read. */
  readonly text: string;
}

export function listLetters(config: Config, stream?: string): Promise<readonly ListedLetter[]> {
  return lookAtBus(config, async (bus) => {
    if (stream !== undefined) await assertStream(bus, stream);
    const streams = stream === undefined ? await streamsWithLetters(bus) : [stream];
    return (await Promise.all(streams.map((one) => lettersOf(bus, one)))).flat();
  });
}

/** Throws `BUS_UNKNOWN_ENTRY` for one that is not there, and `USAGE` for a stream that is not. */
export function showLetter(config: Config, stream: string, entryId: string): Promise<ListedLetter> {
  return lookAtBus(config, async (bus) => {
    await assertStream(bus, stream);
    const found = (await lettersOf(bus, stream)).find((letter) => letter.entryId === entryId);
    if (found === undefined) throw missing(stream, [entryId]);
    return found;
  });
}

export interface PutBack {
  readonly stream: string;
  readonly putBack: number;
}

/** Appends them to the end of their stream again, as they were. Throws as `showLetter`, with nothing changed. */
export function putBackLetters(config: Config, stream: string, entryIds: readonly string[] | 'all'): Promise<PutBack> {
  return lookAtBus(config, async (bus) => {
    await assertStream(bus, stream);
    const present = (await lettersOf(bus, stream)).map((letter) => letter.entryId);
    const wanted = entryIds === 'all' ? present : entryIds;
    const absent = wanted.filter((id) => !present.includes(id));
    if (absent.length > 0) throw missing(stream, absent);
    return { stream, putBack: await bus.putBack(stream, wanted) };
  });
}

/** A stream may be gone while its dead letters are not. */
async function assertStream(bus: EventBus, stream: string): Promise<void> {
  if (stream.startsWith(DEAD)) {
    throw new AlphaError('USAGE', `Name the stream the letters came from: "${stream.slice(DEAD.length)}".`);
  }
  const streams = (await bus.streams()).map((one) => one.stream);
  if (!streams.includes(stream) && !streams.includes(`${DEAD}${stream}`)) throw noStream(stream, streams);
}

async function streamsWithLetters(bus: EventBus): Promise<readonly string[]> {
  return (await bus.streams()).flatMap(({ stream }) => (stream.startsWith(DEAD) ? [stream.slice(DEAD.length)] : []));
}

async function lettersOf(bus: EventBus, stream: string): Promise<readonly ListedLetter[]> {
  return (await bus.deadLetters(stream, null, MOST)).map((letter) => ({
    stream: letter.stream,
    entryId: letter.entry_id,
    time: new Date(letter.recv_ts).toISOString(),
    group: letter.group,
    reason: letter.reason,
    text: letter.text,
  }));
}

function missing(stream: string, ids: readonly string[]): AlphaError {
  return new AlphaError(
    'BUS_UNKNOWN_ENTRY',
    `${stream} has no dead letter ${ids.join(', ')}; see \`alpha stream dlq\`. Perhaps it was put back already.`,
    { context: { stream, ids } },
  );
}
