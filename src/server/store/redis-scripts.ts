import { createHash } from 'node:crypto';
import { revokedRetentionSeconds } from '../session-record.js';

/** A Lua script and its SHA-1. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

/*
 * One script per operation, so that each operation is atomic. All keys of a script carry the tag of one user and are on one node
 * of a cluster.
 *
 * KEYS[1] is the session (hash), KEYS[2] the index of the user's live sessions (sorted set by idle expiry) and KEYS[3] the user's
 * `notBefore`. Scripts with fewer keys say so. `rotate` is `rotation()` in Lua; the contract compares both.
 */

const prelude = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function whole(number) return string.format('%.0f', number) end

-- A key of another type is corrupt and would fail every command.
local function dropUnless(key, expected)
  local found = redis.call('TYPE', key).ok
  if found ~= expected and found ~= 'none' then redis.call('DEL', key) end
end

-- A corrupt value becomes now, which ends the sessions it should have ended.
local function readNotBefore(key)
  local found = redis.call('TYPE', key).ok
  if found == 'none' then return 0 end
  local value = found == 'string' and tonumber(redis.call('GET', key))
  if value then return value end
  redis.call('SET', key, whole(now), 'PX', ${400 * 86_400_000})
  return now
end

-- Returns nil for a missing, incomplete or corrupt record.
local function readSession(key)
  dropUnless(key, 'hash')
  local read = redis.call('HMGET', key, 'generation', 'rotatedAt', 'idleExpiresAt', 'absoluteExpiresAt', 'validFrom', 'revoked')
  local session = { generation = tonumber(read[1]), rotatedAt = tonumber(read[2]), idle = tonumber(read[3]),
    absolute = tonumber(read[4]), validFrom = tonumber(read[5]), revoked = read[6] }
  if not (session.generation and session.rotatedAt and session.idle and session.absolute and session.validFrom) then
    return nil
  end
  return session
end

local function isLive(session)
  return session and not session.revoked and now < session.idle and now < session.absolute
end

local function setRevoked(key, session, reason)
  redis.call('HSET', key, 'revoked', reason)
  redis.call('PEXPIREAT', key, whole(math.min(now + ${revokedRetentionSeconds * 1000}, session.absolute)))
end

local function endSession(key, index, id, session, reason)
  setRevoked(key, session, reason)
  dropUnless(index, 'zset')
  redis.call('ZREM', index, id)
end

-- The index expires with its last session.
local function addToIndex(index, id, idle)
  dropUnless(index, 'zset')
  redis.call('ZADD', index, whole(idle), id)
  local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
  redis.call('PEXPIREAT', index, whole(tonumber(last[2])))
end

local function withRecord(key, ...)
  local result = { ... }
  for _, text in ipairs(redis.call('HGETALL', key)) do result[#result + 1] = text end
  return result
end
`;

/**
 * ARGV: ID, idle lifetime, absolute lifetime, age of the authentication (ms), maximum number of sessions, then fields.
 * Returns the number of evicted sessions, for each its ID, its number of texts and its record, and the new record. The keys of evicted
 * sessions are on the node of KEYS[1], since they have its tag.
 */
export const create = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('A session with this ID already exists.') end
dropUnless(KEYS[2], 'zset')
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', whole(now))
local surplus = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[5]) + 1
local prefix = string.sub(KEYS[1], 1, -1 - #ARGV[1])
local evicted = {}
while surplus > 0 do
  local id = redis.call('ZPOPMIN', KEYS[2])[1]
  if not id then break end
  local session = readSession(prefix .. id)
  if isLive(session) then
    setRevoked(prefix .. id, session, 'too_many_sessions')
    evicted[#evicted + 1] = { id = id, record = redis.call('HGETALL', prefix .. id) }
  elseif not session then
    redis.call('DEL', prefix .. id)
  end
  surplus = surplus - 1
end
local absolute = now + tonumber(ARGV[3])
local idle = math.min(now + tonumber(ARGV[2]), absolute)
redis.call('HSET', KEYS[1],
  'generation', '1', 'createdAt', whole(now), 'rotatedAt', whole(now),
  'validFrom', whole(math.max(now, readNotBefore(KEYS[3]) + 1)),
  'authenticatedAt', whole(now - tonumber(ARGV[4])),
  'idleExpiresAt', whole(idle), 'absoluteExpiresAt', whole(absolute))
for i = 6, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIREAT', KEYS[1], whole(absolute))
addToIndex(KEYS[2], ARGV[1], idle)
local result = { tostring(#evicted) }
for _, ended in ipairs(evicted) do
  result[#result + 1] = ended.id
  result[#result + 1] = tostring(#ended.record)
  for _, text in ipairs(ended.record) do result[#result + 1] = text end
end
for _, text in ipairs(redis.call('HGETALL', KEYS[1])) do result[#result + 1] = text end
return result
`);

/** Returns the time, the user's `notBefore` and the record, or nothing. */
export const find = script(`
if not readSession(KEYS[1]) then return {} end
return withRecord(KEYS[1], whole(now), whole(readNotBefore(KEYS[3])))
`);

/**
 * ARGV: ID, generation, grace period (ms, negative: until the successor is used), idle lifetime (ms), address (may be empty).
 * Returns the outcome, the time and the record.
 */
export const rotate = script(`
local session = readSession(KEYS[1])
if not session then return { 'unknown' } end
local function result(outcome) return withRecord(KEYS[1], outcome, whole(now)) end
if session.revoked then return result('revoked') end
if session.validFrom <= readNotBefore(KEYS[3]) then
  endSession(KEYS[1], KEYS[2], ARGV[1], session, 'all_sessions_revoked')
  return result('revoked')
end
if not isLive(session) then return result('expired') end

local ahead = tonumber(ARGV[2]) - session.generation
if ahead >= 0 then
  local idle = math.min(now + tonumber(ARGV[4]), session.absolute)
  redis.call('HSET', KEYS[1], 'generation', whole(tonumber(ARGV[2]) + 1), 'rotatedAt', whole(now), 'idleExpiresAt', whole(idle))
  if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'lastAddress', ARGV[5]) end
  addToIndex(KEYS[2], ARGV[1], idle)
  if ahead > 0 then return result('fast_forwarded') end
  return result('rotated')
end
local grace = tonumber(ARGV[3])
if ahead == -1 and (grace < 0 or now - session.rotatedAt < grace) then return result('repeated') end
endSession(KEYS[1], KEYS[2], ARGV[1], session, 'reuse_detected')
return result('reuse_detected')
`);

/** ARGV: ID, reason. Returns the record if it was live, else nothing. Drops a record that cannot be read. */
export const revoke = script(`
local session = readSession(KEYS[1])
if not session then redis.call('DEL', KEYS[1]) end
if not isLive(session) then
  dropUnless(KEYS[2], 'zset')
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {}
end
endSession(KEYS[1], KEYS[2], ARGV[1], session, ARGV[2])
return withRecord(KEYS[1])
`);

/** KEYS: index. Returns the IDs of the user's sessions before their idle expiry. */
export const listUser = script(`
dropUnless(KEYS[1], 'zset')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now))
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

/** KEYS: the kept session (or any), index, `notBefore`. ARGV: how long to remember (ms), whether a session is kept. */
export const advanceNotBefore = script(`
local notBefore = math.max(now, readNotBefore(KEYS[3]) + 1)
redis.call('SET', KEYS[3], whole(notBefore), 'PX', ARGV[1])
if ARGV[2] == 'true' and isLive(readSession(KEYS[1])) then
  redis.call('HSET', KEYS[1], 'validFrom', whole(notBefore + 1))
end
return {}
`);

/** KEYS: a key of its own. Fails if the server does not accept writes. */
export const check = script(`
redis.call('SET', KEYS[1], whole(now), 'PX', 1000)
return {}
`);

function script(body: string): RedisScript {
  const source = prelude + body;
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}
