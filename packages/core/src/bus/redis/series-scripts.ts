import { smallScript } from './redis-script.js';

/**
 * A number higher than every one before: the server's clock, or one more than the last. The clock keeps the promise even
 * when the server came back without its last moments. KEYS: the counter.
 */
export const WRITER_SCRIPT = smallScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local next = string.format('%.0f', math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0') + 1))
redis.call('SET', KEYS[1], next)
return next
`);

/** Makes a writer that of series of one stream, unless a later one stands there. KEYS: book. ARGV: writer, then series and its least seq … Answers their seqs. */
export const CLAIM_SCRIPT = smallScript(`
local seqs = {}
for i = 2, #ARGV, 2 do
  local text = redis.call('HGET', KEYS[1], ARGV[i])
  local seq = '0'
  if text then
    local space = string.find(text, ' ', 1, true)
    local holder = string.sub(text, 1, space - 1)
    if tonumber(holder) > tonumber(ARGV[1]) then return {'fenced', ARGV[i], holder} end
    seq = string.sub(text, space + 1)
  end
  if tonumber(seq) < tonumber(ARGV[i + 1]) then seq = ARGV[i + 1] end
  seqs[i / 2] = seq
end
for i = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[1] .. ' ' .. seqs[i / 2])
end
return seqs
`);
