/*
 * One script per operation and one key per script: each script is atomic, and keys may be on any node of a cluster. `rotate` is
 * `rotation()` in Lua; the contract compares both.
 */

/** Milliseconds on the clock of Redis, and numbers written without exponent. */
const prelude = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local function whole(number) return string.format('%.0f', number) end
`;

/** ARGV: idle lifetime, absolute lifetime, age of the authentication (ms), then fields. Returns the record. */
export const create = `${prelude}
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('A session with this ID already exists.') end
local absolute = now + tonumber(ARGV[2])
redis.call('HSET', KEYS[1],
  'generation', '1', 'createdAt', whole(now), 'rotatedAt', whole(now),
  'authenticatedAt', whole(now - tonumber(ARGV[3])),
  'idleExpiresAt', whole(math.min(now + tonumber(ARGV[1]), absolute)), 'absoluteExpiresAt', whole(absolute))
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIREAT', KEYS[1], whole(absolute))
return redis.call('HGETALL', KEYS[1])
`;

/** Returns the time and the record, or nothing. */
export const find = `${prelude}
local record = redis.call('HGETALL', KEYS[1])
if #record == 0 then return {} end
table.insert(record, 1, whole(now))
return record
`;

/** ARGV: generation, grace (ms), idle lifetime (ms). Returns the outcome and the record. */
export const rotate = `${prelude}
local read = redis.call('HMGET', KEYS[1], 'generation', 'rotatedAt', 'idleExpiresAt', 'absoluteExpiresAt', 'revoked')
if not read[1] then return { 'unknown' } end
local current, rotatedAt, idle, absolute = tonumber(read[1]), tonumber(read[2]), tonumber(read[3]), tonumber(read[4])
local function result(outcome)
  local record = redis.call('HGETALL', KEYS[1])
  table.insert(record, 1, outcome)
  return record
end
if read[5] then return result('revoked') end
if now >= idle or now >= absolute then return result('expired') end

local presented = tonumber(ARGV[1])
local ahead = presented - current
if ahead > 1 then return result('unissued') end
if ahead >= 0 then
  redis.call('HSET', KEYS[1], 'generation', whole(presented + 1), 'rotatedAt', whole(now),
    'idleExpiresAt', whole(math.min(now + tonumber(ARGV[3]), absolute)))
  if ahead == 1 then return result('fast_forwarded') end
  return result('rotated')
end
if ahead == -1 and now - rotatedAt < tonumber(ARGV[2]) then return result('repeated') end
redis.call('HSET', KEYS[1], 'revoked', 'reuse_detected')
return result('reuse_detected')
`;

/** ARGV: reason. Returns the record if it was live, else nothing. */
export const revoke = `${prelude}
local read = redis.call('HMGET', KEYS[1], 'idleExpiresAt', 'absoluteExpiresAt', 'revoked')
if not read[1] or read[3] or now >= tonumber(read[1]) or now >= tonumber(read[2]) then return {} end
redis.call('HSET', KEYS[1], 'revoked', ARGV[1])
return redis.call('HGETALL', KEYS[1])
`;

/** ARGV: session, absolute expiry. The index expires with its last session. Returns the number of sessions in it. */
export const addToUser = `${prelude}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now))
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], whole(tonumber(last[2])))
return redis.call('ZCARD', KEYS[1])
`;

/** Returns the sessions of a user before their absolute expiry. */
export const listUser = `${prelude}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', whole(now))
return redis.call('ZRANGE', KEYS[1], 0, -1)
`;

/** ARGV: ended sessions. */
export const forget = `
return redis.call('ZREM', KEYS[1], unpack(ARGV))
`;
