import { encodeEvent } from '../../events/codec.js';
import type { AlphaEvent } from '../../events/event.js';
import type { WriterId } from '../event-bus.js';
import { type SeriesKey, type StreamName, seriesKey, seriesOf } from '../streams.js';
import { bookKey, EVENT_FIELD } from './redis-keys.js';
import { type RedisScript, redisScript } from './redis-script.js';

/**
 * Appends the events of a call to their streams, once, or refuses the call with nothing appended (`decideAppend` says the
 * rules). Checking comes first, then writing; Redis runs a script whole, so nobody sees a part.
 *
 * KEYS: for each stream the stream and its book. ARGV[1]: writer, for each stream the series it carries, and runs of
 * (stream, series or 0, first seq, count); then the events in the order of the runs. Answers how many were new.
 */
const APPEND_SCRIPT = redisScript(`
local head = cjson.decode(ARGV[1])
local writer, groups, runs = head[1], head[2], head[3]
local seqs, grown = {}, {}
for k = 1, #groups do
  local row = redis.call('HMGET', KEYS[k * 2], 'full', unpack(groups[k]))
  if row[1] then return {'full', KEYS[k * 2 - 1], row[1]} end
  seqs[k] = {}
  for j = 1, #groups[k] do
    local text = row[j + 1]
    if not text then return {'fenced', groups[k][j], ''} end
    local space = string.find(text, ' ', 1, true)
    local holder = string.sub(text, 1, space - 1)
    if holder ~= writer then return {'fenced', groups[k][j], holder} end
    seqs[k][j] = tonumber(string.sub(text, space + 1))
  end
end
local skips = {}
for r = 1, #runs, 4 do
  local k, j, first, count = runs[r], runs[r + 1], runs[r + 2], runs[r + 3]
  local skip = 0
  if j > 0 then
    local last = seqs[k][j]
    if first > last + 1 then
      return {'hole', groups[k][j], string.format('%.0f', last + 1), string.format('%.0f', first)}
    end
    skip = math.min(count, last - first + 1)
    if skip < count then
      seqs[k][j] = first + count - 1
      grown[k] = true
    end
  end
  skips[r] = skip
end
local at, appended = 1, 0
for r = 1, #runs, 4 do
  local key, count = KEYS[runs[r] * 2 - 1], runs[r + 3]
  for n = skips[r] + 1, count do
    redis.call('XADD', key, '*', '${EVENT_FIELD}', ARGV[at + n])
  end
  appended = appended + count - skips[r]
  at = at + count
end
for k in pairs(grown) do
  local row = {}
  for j = 1, #groups[k] do
    row[j * 2 - 1] = groups[k][j]
    row[j * 2] = writer .. ' ' .. string.format('%.0f', seqs[k][j])
  end
  redis.call('HSET', KEYS[k * 2], unpack(row))
end
return appended
`);

/**
 * The same for the call that is by far the commonest: consecutive events of one series. KEYS: stream, book. ARGV: writer,
 * series, first seq, events.
 */
const RUN_SCRIPT = redisScript(`
local call = redis.call
local row = call('HMGET', KEYS[2], ARGV[2], 'full')
if row[2] then return {'full', KEYS[1], row[2]} end
if not row[1] then return {'fenced', ARGV[2], ''} end
local space = string.find(row[1], ' ', 1, true)
local holder = string.sub(row[1], 1, space - 1)
if holder ~= ARGV[1] then return {'fenced', ARGV[2], holder} end
local last, first, count = tonumber(string.sub(row[1], space + 1)), tonumber(ARGV[3]), #ARGV - 3
if first > last + 1 then
  return {'hole', ARGV[2], string.format('%.0f', last + 1), ARGV[3]}
end
local skip = math.min(count, last - first + 1)
if skip == count then return 0 end
for n = 4 + skip, #ARGV do call('XADD', KEYS[1], '*', '${EVENT_FIELD}', ARGV[n]) end
call('HSET', KEYS[2], ARGV[2], holder .. ' ' .. string.format('%.0f', first + count - 1))
return count - skip
`);

/** One call of a script. */
export interface AppendCall {
  readonly script: RedisScript;
  readonly writer: WriterId | null;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly count: number;
}

interface StreamPart {
  readonly index: number;
  readonly series: Map<SeriesKey, number>;
}

/** Makes the call that appends these events; `streamFor` names the stream of each. */
export function appendCall(
  writer: WriterId | null,
  events: readonly AlphaEvent[],
  streamFor: (event: AlphaEvent) => StreamName,
): AppendCall {
  const run = runCall(writer, events, streamFor);
  if (run !== null) return run;
  const keys: string[] = [];
  const args: string[] = [''];
  const parts = new Map<StreamName, StreamPart>();
  const runs: number[] = [];
  let runEnds = Number.NaN;
  for (const event of events) {
    const stream = streamFor(event);
    let part = parts.get(stream);
    if (part === undefined) {
      part = { index: parts.size + 1, series: new Map() };
      parts.set(stream, part);
      keys.push(stream, bookKey(stream));
    }
    const { seq } = event;
    const series = seq === undefined ? 0 : numberOf(part.series, seriesKey(seriesOf(event)));
    const at = runs.length - 4;
    const goesOn = at >= 0 && runs[at] === part.index && runs[at + 1] === series && (series === 0 || seq === runEnds);
    if (goesOn) runs[at + 3]! += 1;
    else runs.push(part.index, series, seq ?? 0, 1);
    runEnds = (seq ?? 0) + 1;
    args.push(encodeEvent(event));
  }
  const groups = [...parts.values()].map(({ series }) => [...series.keys()]);
  args[0] = JSON.stringify([writer === null ? '' : String(writer), groups, runs]);
  return { script: APPEND_SCRIPT, writer, keys, args, count: events.length };
}

/** Null when the events are not consecutive ones of one series. */
function runCall(
  writer: WriterId | null,
  events: readonly AlphaEvent[],
  streamFor: (event: AlphaEvent) => StreamName,
): AppendCall | null {
  const [first] = events;
  if (first?.seq === undefined) return null;
  const { type, exchange, symbol, seq } = first;
  const args = [writer === null ? '' : String(writer), seriesKey(seriesOf(first)), String(seq)];
  for (let at = 0; at < events.length; at++) {
    const event = events[at]!;
    const goesOn = event.seq === seq + at && event.type === type;
    if (!goesOn || event.symbol !== symbol || event.exchange !== exchange) return null;
    args.push(encodeEvent(event));
  }
  const stream = streamFor(first);
  return { script: RUN_SCRIPT, writer, keys: [stream, bookKey(stream)], args, count: events.length };
}

function numberOf(series: Map<SeriesKey, number>, key: SeriesKey): number {
  const known = series.get(key);
  if (known !== undefined) return known;
  series.set(key, series.size + 1);
  return series.size;
}
