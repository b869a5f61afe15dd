import { AuthError } from '../errors.js';
import type { StringStorage } from './string-storage.js';

/** A redirect to a provider that has not come back yet. */
export interface PendingRedirect {
  readonly kind: string;
  /** `state` that the authorization response must repeat. */
  readonly state: string;
}

export interface PendingRedirectsOptions<Pending extends PendingRedirect> {
  /** Prefix of the names in storage. */
  readonly prefix: string;
  readonly storage: StringStorage;
  /** Wall-clock epoch ms. */
  wall(): number;
  /** Whether a stored value has all required fields. */
  isPending(value: PendingRedirect & Readonly<Record<string, unknown>>): value is Pending & Record<string, unknown>;
}

/** A browser can restore many tabs at once, each of which begins a sign-in. */
const maxPending = 20;
const lifetimeMs = 10 * 60_000;

/**
 * Stores redirects to a provider across page loads, each under its `state`. A redirect can be taken once, within ten minutes. The
 * twenty-first one removes the oldest. Tabs do not overwrite each other's redirects.
 */
export class PendingRedirects<Pending extends PendingRedirect> {
  constructor(private readonly options: PendingRedirectsOptions<Pending>) {}

  /** Stores a redirect. Returns `false` if the browser denies storage. */
  add(pending: Pending): boolean {
    const { prefix, storage, wall } = this.options;
    try {
      const kept = this.removeStale().slice(0, maxPending - 1);
      for (const name of this.names()) if (!kept.includes(name)) storage.remove(name);
      storage.write(prefix + pending.state, JSON.stringify({ ...pending, createdAt: wall() }));
      return storage.read(prefix + pending.state) !== undefined;
    } catch {
      return false;
    }
  }

  /** Returns the redirect with this `state` and leaves it in storage. */
  find(state: string | null | undefined): Pending | undefined {
    const { prefix, storage } = this.options;
    if (!state) return undefined;
    try {
      return this.parse(storage.read(prefix + state), state)?.pending;
    } catch {
      return undefined;
    }
  }

  /** Returns the redirect with this `state` and removes it from storage. */
  take(state: string | null | undefined): Pending | undefined {
    const { prefix, storage } = this.options;
    const pending = this.find(state);
    if (pending) storage.remove(prefix + pending.state);
    return pending;
  }

  /** Whether no redirect is pending. */
  isEmpty(): boolean {
    try {
      return this.removeStale().length === 0;
    } catch {
      return true;
    }
  }

  /** Removes expired and unreadable values. Returns the names of the others, the latest first. */
  private removeStale(): string[] {
    const { prefix, storage } = this.options;
    const live: { readonly name: string; readonly createdAt: number }[] = [];
    for (const name of this.names()) {
      const parsed = this.parse(storage.read(name), name.slice(prefix.length));
      if (parsed) live.push({ name, createdAt: parsed.createdAt });
      else storage.remove(name);
    }
    return live.sort((one, other) => other.createdAt - one.createdAt).map(({ name }) => name);
  }

  private names(): readonly string[] {
    const { prefix, storage } = this.options;
    return storage.names().filter(name => name.startsWith(prefix));
  }

  private parse(text: string | undefined, state: string): { pending: Pending; createdAt: number } | undefined {
    const value = text === undefined ? undefined : fields(parsed(text));
    if (!value || typeof value['kind'] !== 'string' || value['state'] !== state) return undefined;
    const { createdAt } = value;
    const pending: PendingRedirect & Readonly<Record<string, unknown>> = { ...value, kind: value['kind'], state };
    if (typeof createdAt !== 'number' || !this.options.isPending(pending)) return undefined;
    const ageMs = this.options.wall() - createdAt;
    return ageMs <= lifetimeMs && ageMs >= -lifetimeMs ? { pending, createdAt } : undefined;
  }
}

/** The `state` must be stored: without it the response cannot be verified. */
export function storageDenied(): AuthError {
  return new AuthError(
    'login_failed',
    'The browser denies storage to this page, so the response could not be verified. Sign in by popup instead.',
  );
}

function fields(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? Object.assign(Object.create(null), value) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
