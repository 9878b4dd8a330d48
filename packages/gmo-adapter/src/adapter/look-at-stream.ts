import type { FeedStream } from './feed-stream.js';
import type { FeedTimings } from './feed-timings.js';

/**
 * `silent`: for longer than this channel may be, or never since it was asked. `again`: still, and the time has come to subscribe once
 * more. `back`: data came after a silence.
 */
export type Look = 'silent' | 'again' | 'back' | null;

export function markSilent(stream: FeedStream, now: number, timings: Pick<FeedTimings, 'resubscribeMs'>): void {
  stream.stale = true;
  stream.againMs = timings.resubscribeMs;
  stream.againAt = now + stream.againMs;
}

/** One look at one stream; `now` on a monotonic clock. Subscribing again gets rarer, because commands are few and a storm of them is punished. */
export function lookAtStream(
  stream: FeedStream,
  now: number,
  timings: Pick<FeedTimings, 'resubscribeMs' | 'resubscribeMaxMs'>,
): Look {
  if (stream.received !== stream.looked) {
    stream.looked = stream.received;
    stream.watch.seen(now);
    const wasStale = stream.stale;
    stream.stale = false;
    return wasStale ? 'back' : null;
  }
  if (!stream.asked) return null;
  if (!stream.stale) {
    const unserved = !stream.live && stream.watch.ageMs(now) > stream.unservedMs;
    if (!unserved && !stream.watch.isSilent(now)) return null;
    if (unserved) stream.unservedMs *= 2;
    markSilent(stream, now, timings);
    return 'silent';
  }
  if (now < stream.againAt) return null;
  stream.againMs = Math.min(timings.resubscribeMaxMs, stream.againMs * 2);
  stream.againAt = now + stream.againMs;
  return 'again';
}
