import type { RedisScript } from './redis-scripts.js';
import { within } from './within.js';

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
  /** Needed for `list` only. Clusters do not have it; their adapter scans each master. */
  scan?(cursor: string, options: { MATCH: string; COUNT: number }): Promise<{ cursor: string; keys: string[] }>;
}

/** Runs a script and returns its result as texts. */
export type RedisRunner = (
  script: RedisScript,
  keys: string[],
  ...args: (string | number | boolean)[]
) => Promise<string[]>;

/** Returns a function that runs scripts and rejects after `timeoutMs`. */
export function redisRunner(redis: RedisCommands, timeoutMs: number): RedisRunner {
  return async (script, keys, ...args) => {
    const call = { keys, arguments: args.map(String) };
    const result = redis.evalSha(script.sha1, call).catch((error: unknown) => {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(script.source, call);
    });
    return [await within('Redis', timeoutMs, result)].flat().map(String);
  };
}

/** Warns if the server may evict sessions. Does nothing if the server does not show its configuration. */
export function warnOfEviction(redis: RedisCommands): void {
  redis.configGet?.('maxmemory-policy').then(
    ({ 'maxmemory-policy': policy }) => {
      if (policy === undefined || policy === 'noeviction') return;
      process.emitWarning(`Redis may evict sessions: set maxmemory-policy to noeviction (it is ${policy}).`);
    },
    () => undefined,
  );
}
