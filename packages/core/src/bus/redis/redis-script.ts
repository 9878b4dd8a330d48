import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.js';

/** A Lua script and the name the server keeps it under. */
export interface RedisScript {
  readonly source: string;
  readonly sha: string;
}

/**
 * The first line makes Redis refuse the whole script on a replica and without memory. Without it the script would run up to
 * its first write, and what a replica that is behind says there (a hole, another writer) is not true.
 */
export function redisScript(body: string): RedisScript {
  return named(`#!lua\n${body}`);
}

/**
 * A script that runs without memory too: what writes a few bytes so that readers and writers can start and go on, while
 * appending waits. Otherwise nobody could read, and nothing could be trimmed, to make room.
 */
export function smallScript(body: string): RedisScript {
  return named(`#!lua flags=allow-oom\n${body}`);
}

function named(source: string): RedisScript {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}

/** Runs a script by its name; a server that does not know it (just started, flushed) gets the source. */
export async function runScript(
  client: RedisClient,
  script: RedisScript,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  try {
    return await client.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.source, keys.length, ...keys, ...args);
  }
}
