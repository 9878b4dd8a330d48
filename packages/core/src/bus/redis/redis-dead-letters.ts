import { type DeadLetter, deadLetterStream, decodeDeadLetter } from '../dead-letter.js';
import type { EntryId } from '../event-bus.js';
import type { StreamName } from '../streams.js';
import { entryOf } from './redis-entry.js';
import { deadKey, EVENT_FIELD, returnedKey } from './redis-keys.js';
import type { RedisLink } from './redis-link.js';
import { redisScript, runScript, smallScript } from './redis-script.js';

/** Puts a dead letter on its stream, once for each entry. KEYS: dead-letter stream, set of ids. ARGV: entry id, letter. */
const BURY_SCRIPT = smallScript(`
if redis.call('SADD', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[1], '*', '${EVENT_FIELD}', ARGV[2])
return 1
`);

/** Appends an entry again, once. KEYS: stream, set of the ids that were returned. ARGV: entry id, text. */
const RETURN_SCRIPT = redisScript(`
if redis.call('SADD', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[1], '*', '${EVENT_FIELD}', ARGV[2])
return 1
`);

const PAGE = 100;

/** Whether nobody had put it there before. */
export async function buryLetter(link: RedisLink, letter: DeadLetter): Promise<boolean> {
  const to = deadLetterStream(letter.stream);
  const args = [letter.entry_id, JSON.stringify(letter)];
  return (await link.call((client) => runScript(client, BURY_SCRIPT, [to, deadKey(to)], args))) === 1;
}

/**
 * Puts these letters back. A Cluster keeps the two streams apart, so it takes two steps: append, with a mark that keeps a
 * repetition from appending again, then take the letter off. Whoever takes it off counts it.
 */
export async function putLettersBack(
  link: RedisLink,
  stream: StreamName,
  entryIds: readonly EntryId[],
): Promise<number> {
  const wanted = new Set(entryIds);
  const dead = deadLetterStream(stream);
  let count = 0;
  for (let after = '-'; ; ) {
    const from = after;
    const page = await link.call((client) => client.xrange(dead, from, '+', 'COUNT', PAGE));
    for (const raw of page) {
      const { id, text } = entryOf(raw);
      const letter = decodeDeadLetter(text);
      after = `(${id}`;
      if (!wanted.has(letter.entry_id)) continue;
      const args = [letter.entry_id, letter.text];
      await link.call((client) => runScript(client, RETURN_SCRIPT, [stream, returnedKey(stream)], args));
      count += await link.call((client) => client.xdel(dead, id));
    }
    if (page.length < PAGE) return count;
  }
}
