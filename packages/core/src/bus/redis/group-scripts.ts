import { DROPPED } from './redis-keys.js';
import { smallScript } from './redis-script.js';

/** Splits and compares ids, and finds a group's place; put in front of the scripts that need it. */
const COMMON = `
local function before(a, b)
  local ams, an = string.match(a, '(%d+)-(%d+)')
  local bms, bn = string.match(b, '(%d+)-(%d+)')
  ams, an, bms, bn = tonumber(ams), tonumber(an), tonumber(bms), tonumber(bn)
  return ams < bms or (ams == bms and an < bn)
end
local function field(list, name)
  for i = 1, #list, 2 do
    if list[i] == name then return list[i + 1] end
  end
end
local function place(stream, group)
  if redis.call('EXISTS', stream) == 0 then return nil end
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if field(info, 'name') == group then return field(info, 'last-delivered-id') end
  end
end
local function last(stream)
  return field(redis.call('XINFO', 'STREAM', stream), 'last-generated-id')
end
local function reach(stream, id)
  if before(last(stream), id) then redis.call('XSETID', stream, id) end
end
`;

/**
 * Joins or takes over a group on one stream, and makes it when it is missing. KEYS: stream, owner. ARGV: group, what to
 * write into owner, where a new group begins. Answers `at` and the place, or `mode` and what stands in owner.
 */
export const JOIN_SCRIPT = smallScript(`${COMMON}
local owner = redis.call('GET', KEYS[2])
local mode = string.match(ARGV[2], '^%a+')
if owner and owner ~= '${DROPPED}' and string.match(owner, '^%a+') ~= mode then return {'mode', owner} end
local at = place(KEYS[1], ARGV[1])
if not at then
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], ARGV[3], 'MKSTREAM')
  at = place(KEYS[1], ARGV[1])
end
redis.call('SET', KEYS[2], ARGV[2])
return {'at', at}
`);

/**
 * What a member finds after a connection was cut. A server that came back without its last moments (a restart, a failover)
 * may have forgotten entries, places, even the group: then it is made again, at the member's place, or at the start when
 * the stream no longer reaches that. KEYS: stream, owner. ARGV: group, what stood in owner, the member's place. Answers
 * `at`, the group's place and the last entry's, or `taken` and what stands in owner now.
 */
export const RESUME_SCRIPT = smallScript(`${COMMON}
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[2] then return {'taken', owner} end
local at = place(KEYS[1], ARGV[1])
if not at then
  at = ARGV[3]
  if redis.call('EXISTS', KEYS[1]) == 0 or before(last(KEYS[1]), at) then at = '0-0' end
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], at, 'MKSTREAM')
end
if not owner then redis.call('SET', KEYS[2], ARGV[2]) end
return {'at', at, last(KEYS[1])}
`);

/** Moves the owner's place. KEYS: stream, owner. ARGV: group, owner, place. Answers `ok`, or what stands in owner (empty: nothing). */
export const ACK_SCRIPT = smallScript(`
local owner = redis.call('GET', KEYS[2])
if owner ~= ARGV[2] then return owner or '' end
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
`);

/**
 * Sets a group's place anywhere; beyond the end, the end moves there. What members of a shared group have in hand is
 * forgotten. KEYS: stream, owner. ARGV: group, owner, place. Answers as ACK_SCRIPT does.
 */
export const SEEK_SCRIPT = smallScript(`${COMMON}
local owner = redis.call('GET', KEYS[2])
if owner ~= ARGV[2] then return owner or '' end
reach(KEYS[1], ARGV[3])
while owner == 'shared' do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000)
  if #pending == 0 then break end
  for _, entry in ipairs(pending) do redis.call('XACK', KEYS[1], ARGV[1], entry[1]) end
end
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
`);

/** Leaves a word for a member that still reads, for a day. KEYS: stream, owner. ARGV: group. Answers 1 when there was one. */
export const DROP_SCRIPT = smallScript(`${COMMON}
if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('SET', KEYS[2], '${DROPPED}', 'EX', 86400) end
if not place(KEYS[1], ARGV[1]) then return 0 end
return redis.call('XGROUP', 'DESTROY', KEYS[1], ARGV[1])
`);

/**
 * Removes entries from the head of a stream, a limited number a call. KEYS: stream. ARGV: most entries that stay, most to
 * remove now, the id that entries must lie before. Never one after the place of a group, or pending there.
 */
export const TRIM_SCRIPT = smallScript(`${COMMON}
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local surplus = math.min(redis.call('XLEN', KEYS[1]) - tonumber(ARGV[1]), tonumber(ARGV[2]))
if surplus <= 0 then return 0 end
local head = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', surplus + 1)
local keep = head[surplus + 1] and head[surplus + 1][1]
if not keep then
  local ms, n = string.match(head[#head][1], '(%d+)-(%d+)')
  keep = ms .. '-' .. string.format('%.0f', tonumber(n) + 1)
end
if ARGV[3] ~= '+' and before(ARGV[3], keep) then keep = ARGV[3] end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local ms, n = string.match(field(info, 'last-delivered-id'), '(%d+)-(%d+)')
  local need = ms .. '-' .. string.format('%.0f', tonumber(n) + 1)
  if field(info, 'pending') > 0 then
    local oldest = redis.call('XPENDING', KEYS[1], field(info, 'name'))[2]
    if before(oldest, need) then need = oldest end
  end
  if before(need, keep) then keep = need end
end
return redis.call('XTRIM', KEYS[1], 'MINID', '=', keep)
`);
