import { checkMethods, checkOptions } from '../option-check.js';
import type { Rotation, RotationRequest } from '../rotation.js';
import { tagOfSession, userTag } from '../session-id.js';
import {
  fieldTexts,
  isLive,
  type RevocationReason,
  recordFromTexts,
  type SessionRecord,
  withNotBefore,
} from '../session-record.js';
import { type RedisCommands, type RedisRunner, redisRunner, warnOfEviction } from './redis-commands.js';
import * as scripts from './redis-scripts.js';
import type {
  CreatedSession,
  FoundSession,
  NewSession,
  RevokeAllRequest,
  SessionPage,
  SessionPageRequest,
  SessionStore,
} from './session-store.js';
import { within } from './within.js';

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** Prefix of every key. @default 'auth:' */
  readonly keyPrefix?: string;
  /**
   * How long to wait for Redis before the response is `503`. A rotation that Redis completes later does no harm, because the client's
   * refresh token then yields the same successor.
   * @default 2_000
   */
  readonly timeoutMs?: number;
}

/**
 * Stores sessions in Redis, for any number of processes. Each operation is one script and uses the clock of Redis. The keys of a user
 * are on one node of a cluster, and expire.
 *
 * Redis must persist (AOF) and must not evict: `maxmemory-policy noeviction`. If a failover or a restored backup loses rotations, the
 * client's newer refresh token is accepted and the record is updated.
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
  checkOptions('redisStore', options, { keyPrefix: 'any text', timeoutMs: 'positive' });
  checkMethods('redisStore: the client', redis, 'evalSha', 'eval');
  const { keyPrefix = 'auth:', timeoutMs = 2_000 } = options;
  warnOfEviction(redis);
  const sessions = new RedisSessions(keyPrefix, redisRunner(redis, timeoutMs));
  return {
    create: session => sessions.create(session),
    find: id => sessions.find(id),
    rotate: (id, request) => sessions.rotate(id, request),
    revoke: (id, reason) => sessions.revoke(id, reason),
    sessions: sub => sessions.ofUser(sub),
    revokeAll: (sub, request) => sessions.revokeAll(sub, request),
    list: request => within('Redis', timeoutMs, sessions.list(request, redis)),
    check: () => sessions.check(),
  };
}

/** Scans for one page of {@link SessionStore.list}. */
const maxScans = 50;

class RedisSessions {
  constructor(
    private readonly keyPrefix: string,
    private readonly run: RedisRunner,
  ) {}

  async create(session: NewSession): Promise<CreatedSession> {
    const { id, sub, clientId, scope, acr, lastAddress, meta } = session;
    const [count, ...rest] = await this.run(
      scripts.create,
      this.keys(userTag(sub), id),
      id,
      session.idleLifetimeSeconds * 1000,
      session.absoluteLifetimeSeconds * 1000,
      session.authenticationAgeSeconds * 1000,
      session.maxSessionsPerUser,
      ...fieldTexts({ sub, scope, meta, ...defined({ clientId, acr, lastAddress }) }).flat(),
    );
    const evicted = Array.from({ length: Number(count) }, () => {
      const [endedId = '', length] = rest.splice(0, 2);
      return recordOf(endedId, rest.splice(0, Number(length)));
    });
    const record = recordOf(id, rest);
    if (record === undefined) throw new Error('Redis returned no record of a new session.');
    return { record, evicted: evicted.filter(ended => ended !== undefined) };
  }

  async find(id: string): Promise<FoundSession | undefined> {
    const tag = tagOfSession(id);
    if (tag === undefined) return undefined;
    const [now, notBefore, ...fields] = await this.run(scripts.find, this.keys(tag, id));
    const stored = recordOf(id, fields);
    if (stored === undefined) return undefined;
    const record = withNotBefore(stored, Number(notBefore));
    return { record, live: isLive(record, Number(now)) };
  }

  async rotate(id: string, request: RotationRequest): Promise<Rotation> {
    const { generation, graceSeconds, idleLifetimeSeconds, address = '' } = request;
    const tag = tagOfSession(id);
    if (tag === undefined) return { outcome: 'unknown' };
    const graceMs = graceSeconds === undefined ? -1 : graceSeconds * 1000;
    const [outcome, at, ...fields] = await this.run(
      scripts.rotate,
      this.keys(tag, id),
      id,
      generation,
      graceMs,
      idleLifetimeSeconds * 1000,
      address,
    );
    const record = recordOf(id, fields);
    return record === undefined ? { outcome: 'unknown' } : ({ outcome, record, at: Number(at) } as Rotation);
  }

  async revoke(id: string, reason: RevocationReason): Promise<SessionRecord | undefined> {
    const tag = tagOfSession(id);
    if (tag === undefined) return undefined;
    return recordOf(id, await this.run(scripts.revoke, this.keys(tag, id), id, reason));
  }

  async ofUser(sub: string): Promise<SessionRecord[]> {
    const live = await this.liveOf(await this.idsOf(sub));
    return live.sort((a, b) => a.createdAt - b.createdAt);
  }

  /** `notBefore` comes first: it also ends sessions that the index has lost. */
  async revokeAll(
    sub: string,
    { reason, except, absoluteLifetimeSeconds }: RevokeAllRequest,
  ): Promise<SessionRecord[]> {
    const tag = userTag(sub);
    const isKept = except !== undefined && tagOfSession(except) === tag;
    const keys = this.keys(tag, isKept ? except : '');
    await this.run(scripts.advanceNotBefore, keys, absoluteLifetimeSeconds * 1000, isKept);
    return this.revokeEach(
      (await this.idsOf(sub)).filter(id => id !== except),
      reason,
    );
  }

  /** A page can hold fewer sessions than `limit`, since it ends after a number of scans. */
  async list({ cursor = '0', limit }: SessionPageRequest, redis: RedisCommands): Promise<SessionPage> {
    if (redis.scan === undefined) throw new TypeError('redisStore: list needs the command scan.');
    const pattern = `${this.keyPrefix.replace(/[\\*?[\]]/g, '\\$&')}{*}:session:*`;
    const records: SessionRecord[] = [];
    let next = cursor;
    for (let scans = 0; scans < maxScans && records.length < limit; scans++) {
      const found = await redis.scan(next, { MATCH: pattern, COUNT: limit });
      records.push(...(await this.liveOf(found.keys.map(key => key.slice(key.lastIndexOf(':') + 1)))));
      next = String(found.cursor);
      if (next === '0') return { records };
    }
    return { records, next };
  }

  async check(): Promise<void> {
    await this.run(scripts.check, [`${this.keyPrefix}check`]);
  }

  /** The keys of a session, of the index of its user, and of the user's `notBefore`. */
  private keys(tag: string, id: string): string[] {
    const prefix = `${this.keyPrefix}{${tag}}:`;
    return [`${prefix}session:${id}`, `${prefix}sessions`, `${prefix}notBefore`];
  }

  private idsOf(sub: string): Promise<string[]> {
    return this.run(scripts.listUser, [`${this.keyPrefix}{${userTag(sub)}}:sessions`]);
  }

  private async liveOf(ids: readonly string[]): Promise<SessionRecord[]> {
    const found = await Promise.all(ids.map(id => this.find(id)));
    return found.flatMap(each => (each?.live ? [each.record] : []));
  }

  private async revokeEach(ids: readonly string[], reason: RevocationReason): Promise<SessionRecord[]> {
    const revoked = await Promise.all(ids.map(id => this.revoke(id, reason)));
    return revoked.filter(record => record !== undefined);
  }
}

/** `undefined` for no record, and for one that cannot be read. */
function recordOf(id: string, fields: readonly string[]): SessionRecord | undefined {
  const texts = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) texts.set(fields[index] ?? '', fields[index + 1] ?? '');
  return recordFromTexts(id, texts);
}

function defined<T extends object>(fields: T): { [Name in keyof T]?: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
