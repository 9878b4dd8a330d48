import type { EventBatch } from '../event-batch.js';
import type { WriterId } from '../event-bus.js';
import type { Series, SeriesKey, StreamName } from '../streams.js';
import { bookKey, EVENT_FIELD } from './redis-keys.js';
import { type RedisScript, redisScript } from './redis-script.js';

/**
 * Appends the events of a call to their streams, once, or refuses the call with nothing appended (`decideAppend` says the
 * rules). Checking comes first, then writing; Redis runs a script whole, so nobody sees a part.
 *
 * KEYS: for each stream the stream and its book. ARGV[1]: writer, for each stream the series it carries, and runs of
 * (stream, series or 0, first seq, count). ARGV[2]: the events in the order of the runs, a line each. Answers how many were new.
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
local text, at, appended = ARGV[2], 1, 0
for r = 1, #runs, 4 do
  local key, count = KEYS[runs[r] * 2 - 1], runs[r + 3]
  for n = 1, count do
    local stop = string.find(text, '\\n', at, true) or #text + 1
    if n > skips[r] then redis.call('XADD', key, '*', '${EVENT_FIELD}', string.sub(text, at, stop - 1)) end
    at = stop + 1
  end
  appended = appended + count - skips[r]
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
 * series, first seq, count, events.
 */
const RUN_SCRIPT = redisScript(`
local call, find, sub = redis.call, string.find, string.sub
local row = call('HMGET', KEYS[2], ARGV[2], 'full')
if row[2] then return {'full', KEYS[1], row[2]} end
if not row[1] then return {'fenced', ARGV[2], ''} end
local space = string.find(row[1], ' ', 1, true)
local holder = string.sub(row[1], 1, space - 1)
if holder ~= ARGV[1] then return {'fenced', ARGV[2], holder} end
local last, first, count = tonumber(string.sub(row[1], space + 1)), tonumber(ARGV[3]), tonumber(ARGV[4])
if first > last + 1 then
  return {'hole', ARGV[2], string.format('%.0f', last + 1), ARGV[3]}
end
local skip = math.min(count, last - first + 1)
if skip == count then return 0 end
local text, at = ARGV[5], 1
for n = 1, count do
  local stop = find(text, '\\n', at, true) or #text + 1
  if n > skip then call('XADD', KEYS[1], '*', '${EVENT_FIELD}', sub(text, at, stop - 1)) end
  at = stop + 1
end
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

/** Makes the call that appends these events; `streamFor` names the stream of each series. */
export function appendCall(
  writer: WriterId | null,
  batch: EventBatch,
  streamFor: (series: Series) => StreamName,
): AppendCall {
  const by = writer === null ? '' : String(writer);
  const { runs, text, length: count } = batch;
  const [first] = runs;
  if (runs.length === 1 && first?.first !== undefined) {
    const stream = streamFor(first.series);
    const args = [by, first.key, String(first.first), String(count), text];
    return { script: RUN_SCRIPT, writer, keys: [stream, bookKey(stream)], args, count };
  }
  const keys: string[] = [];
  const parts = new Map<StreamName, StreamPart>();
  const places: number[] = [];
  for (const run of runs) {
    const stream = streamFor(run.series);
    let part = parts.get(stream);
    if (part === undefined) {
      part = { index: parts.size + 1, series: new Map() };
      parts.set(stream, part);
      keys.push(stream, bookKey(stream));
    }
    const series = run.first === undefined ? 0 : numberOf(part.series, run.key);
    places.push(part.index, series, run.first ?? 0, run.count);
  }
  const groups = [...parts.values()].map(({ series }) => [...series.keys()]);
  return { script: APPEND_SCRIPT, writer, keys, args: [JSON.stringify([by, groups, places]), text], count };
}

function numberOf(series: Map<SeriesKey, number>, key: SeriesKey): number {
  const known = series.get(key);
  if (known !== undefined) return known;
  series.set(key, series.size + 1);
  return series.size;
}
