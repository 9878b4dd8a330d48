import { z } from 'zod';
import type { StreamName } from './streams.js';

const deadLetter = z.object({
  /** The stream the entry stands on, and its id there. */
  stream: z.string(),
  entry_id: z.string(),
  /** Why it could not be decoded. */
  reason: z.string(),
  /** The entry as it was read. */
  text: z.string(),
  /** The group that met it first. */
  group: z.string(),
  /** Wall time, epoch milliseconds. */
  recv_ts: z.number(),
});

/** An entry that could not be decoded, on `dlq:<stream>`. Each is there once, however many groups meet it. */
export type DeadLetter = z.infer<typeof deadLetter>;

export function deadLetterStream(stream: StreamName): StreamName {
  return `dlq:${stream}`;
}

export function decodeDeadLetter(text: string): DeadLetter {
  return deadLetter.parse(JSON.parse(text));
}
