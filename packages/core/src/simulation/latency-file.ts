import { z } from 'zod';
import { AlphaError } from '../errors/alpha-error.js';
import { delaysOf, type Latency, LEGS } from './latency.js';

const ms = z.number().nonnegative().finite();

const delay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('constant'), ms }),
  z.object({ kind: z.literal('uniform'), fromMs: ms, toMs: ms }),
  z.object({ kind: z.literal('log-normal'), medianMs: ms, sigma: ms }),
  z.object({ kind: z.literal('quantiles'), points: z.array(z.tuple([z.number().min(0).max(1), ms])).min(2) }),
]);

const latencyFile = z.object({
  format: z.literal('alpha-latency'),
  version: z.literal(1),
  feed: delay,
  order: delay,
  answer: delay,
  seed: z.number().int().nonnegative().optional(),
});

/** What `alpha latency` wrote, or somebody by hand. `name` is for the message. Throws `CONFIG_INVALID`. */
export function parseLatencyFile(text: string, name: string): Latency {
  const read = latencyFile.safeParse(jsonOf(text, name));
  if (!read.success) {
    const wrong = read.error.issues.map(({ message, path }) => `${path.join('.') || 'the file'}: ${message}`);
    throw new AlphaError('CONFIG_INVALID', `${name} is no latency file: ${wrong.join('; ')}.`);
  }
  const { answer, feed, order, seed } = read.data;
  const latency: Latency = { feed, order, answer, ...(seed !== undefined && { seed }) };
  for (const leg of LEGS) delaysOf(latency, leg);
  return latency;
}

function jsonOf(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AlphaError('CONFIG_INVALID', `${name} is no latency file: it is not JSON.`, { cause });
  }
}
