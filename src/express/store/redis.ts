import { createHash } from 'node:crypto';
import { isLive, type RefreshFamily, type RevocationReason, type Rotation } from '../rotation.js';
import * as lua from './redis-scripts.js';
import type { FoundFamily, RefreshTokenStore } from './refresh-token-store.js';

interface ScriptCall {
  readonly keys: string[];
  readonly arguments: string[];
}

/** The commands the store uses: a client or cluster of the package `redis` has them, others are wrapped in a few lines. */
export interface RedisCommands {
  /** Runs a script the server knows; rejects with `NOSCRIPT` where it does not. */
  evalSha(sha1: string, call: ScriptCall): Promise<unknown>;
  /** Runs a script, which the server knows from then on. */
  eval(script: string, call: ScriptCall): Promise<unknown>;
  /** Used once, to warn of a server that may throw sessions away. */
  configGet?(parameter: string): Promise<Record<string, string>>;
}

/** How {@link redisStore} uses its Redis. */
export interface RedisStoreOptions {
  /** In front of every key. @default 'auth:' */
  readonly keyPrefix?: string;
  /**
   * How long to wait for Redis before the client is told to try again. A rotation Redis makes later all the same costs
   * the client nothing: its grace begins when it is made.
   * @default 2_000
   */
  readonly timeoutMs?: number;
}

/**
 * Families in Redis, for any number of processes. Each operation on a family is one script on one key, measured by the
 * clock of Redis; keys expire by themselves with the session's absolute lifetime.
 *
 * Redis must persist (AOF) and must not evict: `maxmemory-policy noeviction`. When a failover loses a rotation, the
 * client's newer refresh token is accepted and the record catches up.
 *
 * @param redis connected already; connecting, TLS and reconnecting are its own business
 * @example
 * ```ts
 * const redis = createClient({ url: process.env.REDIS_URL });
 * await redis.connect();
 * const store = redisStore(redis);
 * ```
 */
export function redisStore(redis: RedisCommands, options: RedisStoreOptions = {}): RefreshTokenStore {
  const { keyPrefix = 'auth:', timeoutMs = 2_000 } = options;
  const familyKey = (id: string): string => `${keyPrefix}family:{${id}}`;
  const userKey = (sub: string): string => `${keyPrefix}user:{${encodeURIComponent(sub)}}`;
  warnOfEviction(redis);

  const run = async (script: Script, key: string, ...args: (string | number)[]): Promise<string[]> => {
    const call = { keys: [key], arguments: args.map(String) };
    const answered = redis.evalSha(script.sha1, call).catch((error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(script.source, call);
    });
    return texts(await within(timeoutMs, answered));
  };

  const find = async (id: string): Promise<FoundFamily | undefined> => {
    const [now, ...fields] = await run(scripts.find, familyKey(id));
    if (now === undefined) return undefined;
    const family = familyOf(id, fields);
    return { family, live: isLive(family, Number(now)) };
  };
  const revoke = async (id: string, reason: RevocationReason): Promise<RefreshFamily | undefined> => {
    const fields = await run(scripts.revoke, familyKey(id), reason);
    return fields.length === 0 ? undefined : familyOf(id, fields);
  };
  /** Ids of families that ended meanwhile leave the index here. */
  const sessions = async (sub: string): Promise<RefreshFamily[]> => {
    const ids = await run(scripts.listUser, userKey(sub));
    const found = await Promise.all(ids.map(find));
    const ended = ids.filter((_, index) => !found[index]?.live);
    if (ended.length > 0) await run(scripts.forget, userKey(sub), ...ended);
    return found.flatMap(each => (each?.live ? [each.family] : [])).sort((a, b) => a.createdAt - b.createdAt);
  };
  const revokeEach = async (families: readonly RefreshFamily[], reason: RevocationReason): Promise<RefreshFamily[]> => {
    const revoked = await Promise.all(families.map(family => revoke(family.id, reason)));
    return revoked.filter(family => family !== undefined);
  };

  return {
    async create(login) {
      const fields = await run(
        scripts.create,
        familyKey(login.id),
        login.idleLifetimeSeconds * 1000,
        login.absoluteLifetimeSeconds * 1000,
        login.authenticationAgeSeconds * 1000,
        ...['sub', login.sub, 'scope', login.scope, 'meta', JSON.stringify(login.meta)],
        ...(login.clientId === undefined ? [] : ['clientId', login.clientId]),
      );
      const family = familyOf(login.id, fields);
      const count = Number(await run(scripts.addToUser, userKey(login.sub), login.id, family.absoluteExpiresAt));
      if (count <= login.maxSessionsPerUser) return { family, evicted: [] };
      const live = await sessions(login.sub);
      // Of several that begin at once, each lets go those before it, and none the ones after it.
      const surplus = live.slice(0, Math.max(0, live.length - login.maxSessionsPerUser));
      const others = surplus.filter(({ id }) => id !== login.id);
      return { family, evicted: await revokeEach(others, 'too_many_sessions') };
    },
    find,
    async rotate(id, { generation, graceSeconds, idleLifetimeSeconds }) {
      const key = familyKey(id);
      const [outcome, ...fields] = await run(
        scripts.rotate,
        key,
        generation,
        graceSeconds * 1000,
        idleLifetimeSeconds * 1000,
      );
      if (outcome === 'unknown' || outcome === undefined) return { outcome: 'unknown' };
      return { outcome, family: familyOf(id, fields) } as Rotation;
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

function familyOf(id: string, fields: readonly string[]): RefreshFamily {
  const record = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) record.set(fields[index] ?? '', fields[index + 1] ?? '');
  const text = (name: string): string => {
    const value = record.get(name);
    if (value === undefined) throw new Error(`The record of a session in Redis has no ${name}.`);
    return value;
  };
  const clientId = record.get('clientId');
  const revoked = record.get('revoked');
  return {
    id,
    sub: text('sub'),
    ...(clientId === undefined ? {} : { clientId }),
    scope: text('scope'),
    authenticatedAt: Number(text('authenticatedAt')),
    generation: Number(text('generation')),
    createdAt: Number(text('createdAt')),
    rotatedAt: Number(text('rotatedAt')),
    idleExpiresAt: Number(text('idleExpiresAt')),
    absoluteExpiresAt: Number(text('absoluteExpiresAt')),
    ...(revoked === undefined ? {} : { revoked: revoked as RevocationReason }),
    meta: JSON.parse(text('meta')) as Record<string, string>,
  };
}

function texts(answer: unknown): string[] {
  return [answer].flat().map(String);
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${timeoutMs} ms.`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Servers that do not show their configuration are believed to be configured well. */
function warnOfEviction(redis: RedisCommands): void {
  redis.configGet?.('maxmemory-policy').then(
    ({ 'maxmemory-policy': policy }) => {
      if (policy === undefined || policy === 'noeviction' || policy === 'volatile-ttl') return;
      process.emitWarning(`Redis may evict sessions: set maxmemory-policy to noeviction (it is ${policy}).`);
    },
    () => undefined,
  );
}
