import { createHash } from 'node:crypto';
import type { Rotation } from '../rotation.js';
import { fieldTexts, isLive, type RevocationReason, recordFromTexts, type SessionRecord } from '../session-record.js';
import * as lua from './redis-scripts.js';
import type { FoundSession, SessionStore } from './session-store.js';

interface ScriptCall {
  readonly keys: string[];
  readonly arguments: string[];
}

/** The Redis commands of the store. Clients and clusters of the package `redis` have them; other clients need a small adapter. */
export interface RedisCommands {
  /** Runs a cached script. Rejects with `NOSCRIPT` if the script is not cached. */
  evalSha(sha1: string, call: ScriptCall): Promise<unknown>;
  /** Runs and caches a script. */
  eval(script: string, call: ScriptCall): Promise<unknown>;
  /** Called once, to warn about a server that may evict sessions. */
  configGet?(parameter: string): Promise<Record<string, string>>;
}

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** Prefix of every key. @default 'auth:' */
  readonly keyPrefix?: string;
  /**
   * How long to wait for Redis before the response is `503`. A rotation that Redis completes later does no harm, because its grace
   * period begins at the rotation.
   * @default 2_000
   */
  readonly timeoutMs?: number;
}

/**
 * Stores sessions in Redis, for any number of processes. Each operation on a session is one script on one key and uses the clock of
 * Redis. Keys expire with the session's absolute lifetime.
 *
 * Redis must persist (AOF) and must not evict: `maxmemory-policy noeviction`. If a failover loses a rotation, the client's newer
 * refresh token is accepted and the record is updated.
 *
 * @param redis a connected client, which handles TLS and reconnects itself
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL });
 * await redis.connect();
 * const store = redisStore(redis);
 * ```
 */
export function redisStore(redis: RedisCommands, options: RedisStoreOptions = {}): SessionStore {
  const { keyPrefix = 'auth:', timeoutMs = 2_000 } = options;
  const sessionKey = (id: string): string => `${keyPrefix}session:{${id}}`;
  const userKey = (sub: string): string => `${keyPrefix}user:{${encodeURIComponent(sub)}}`;
  warnOfEviction(redis);

  const run = async (script: Script, key: string, ...args: (string | number)[]): Promise<string[]> => {
    const call = { keys: [key], arguments: args.map(String) };
    const result = redis.evalSha(script.sha1, call).catch((error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(script.source, call);
    });
    return texts(await within(timeoutMs, result));
  };

  const find = async (id: string): Promise<FoundSession | undefined> => {
    const [now, ...fields] = await run(scripts.find, sessionKey(id));
    if (now === undefined) return undefined;
    const record = recordOf(id, fields);
    return { record, live: isLive(record, Number(now)) };
  };
  const revoke = async (id: string, reason: RevocationReason): Promise<SessionRecord | undefined> => {
    const fields = await run(scripts.revoke, sessionKey(id), reason);
    return fields.length === 0 ? undefined : recordOf(id, fields);
  };
  /** Removes ended sessions from the index. */
  const sessions = async (sub: string): Promise<SessionRecord[]> => {
    const ids = await run(scripts.listUser, userKey(sub));
    const found = await Promise.all(ids.map(find));
    const ended = ids.filter((_, index) => !found[index]?.live);
    if (ended.length > 0) await run(scripts.forget, userKey(sub), ...ended);
    return found.flatMap(each => (each?.live ? [each.record] : [])).sort((a, b) => a.createdAt - b.createdAt);
  };
  const revokeEach = async (records: readonly SessionRecord[], reason: RevocationReason): Promise<SessionRecord[]> => {
    const revoked = await Promise.all(records.map(record => revoke(record.id, reason)));
    return revoked.filter(record => record !== undefined);
  };

  return {
    async create(login) {
      const { sub, clientId, scope, meta } = login;
      const fields = await run(
        scripts.create,
        sessionKey(login.id),
        login.idleLifetimeSeconds * 1000,
        login.absoluteLifetimeSeconds * 1000,
        login.authenticationAgeSeconds * 1000,
        ...fieldTexts({ sub, scope, meta, ...(clientId === undefined ? {} : { clientId }) }).flat(),
      );
      const record = recordOf(login.id, fields);
      const count = Number(await run(scripts.addToUser, userKey(login.sub), login.id, record.absoluteExpiresAt));
      if (count <= login.maxSessionsPerUser) return { record, evicted: [] };
      const live = await sessions(login.sub);
      // Concurrent logins each revoke earlier sessions, never their own.
      const surplus = live.slice(0, Math.max(0, live.length - login.maxSessionsPerUser));
      const others = surplus.filter(({ id }) => id !== login.id);
      return { record, evicted: await revokeEach(others, 'too_many_sessions') };
    },
    find,
    async rotate(id, { generation, graceSeconds, idleLifetimeSeconds }) {
      const key = sessionKey(id);
      const [outcome, ...fields] = await run(
        scripts.rotate,
        key,
        generation,
        graceSeconds * 1000,
        idleLifetimeSeconds * 1000,
      );
      if (outcome === 'unknown' || outcome === undefined) return { outcome: 'unknown' };
      return { outcome, record: recordOf(id, fields) } as Rotation;
    },
    revoke,
    sessions,
    async revokeAll(sub, reason, except) {
      const others = (await sessions(sub)).filter(({ id }) => id !== except);
      return revokeEach(others, reason);
    },
  };
}

interface Script {
  readonly source: string;
  readonly sha1: string;
}

function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}

const scripts = {
  create: script(lua.create),
  find: script(lua.find),
  rotate: script(lua.rotate),
  revoke: script(lua.revoke),
  addToUser: script(lua.addToUser),
  listUser: script(lua.listUser),
  forget: script(lua.forget),
};

function recordOf(id: string, fields: readonly string[]): SessionRecord {
  const fieldsByName = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) {
    fieldsByName.set(fields[index] ?? '', fields[index + 1] ?? '');
  }
  return recordFromTexts(id, fieldsByName);
}

function texts(reply: unknown): string[] {
  return [reply].flat().map(String);
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not respond within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Does not warn if the server does not show its configuration. */
function warnOfEviction(redis: RedisCommands): void {
  redis.configGet?.('maxmemory-policy').then(
    ({ 'maxmemory-policy': policy }) => {
      if (policy === undefined || policy === 'noeviction' || policy === 'volatile-ttl') return;
      process.emitWarning(`Redis may evict sessions: set maxmemory-policy to noeviction (it is ${policy}).`);
    },
    () => undefined,
  );
}
