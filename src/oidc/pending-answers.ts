import type { NamedTexts } from './ports.js';

/** A sign-in at a provider that the page has been sent to. */
export interface PendingLogin {
  readonly kind: 'login';
  readonly state: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Absent where no id token is expected. */
  readonly nonce: string | undefined;
  readonly codeVerifier: string;
  readonly maxAgeSeconds: number | undefined;
  /** Where the user wanted to go: path, query and fragment. */
  readonly returnTo: string | undefined;
}

/** A sign-out at a provider that the page has been sent to. */
export interface PendingLogout {
  readonly kind: 'logout';
  readonly state: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly returnTo: string | undefined;
}

export type Pending = PendingLogin | PendingLogout;

const prefix = 'aurelia-auth-refresh:pending:';
const keptAtMost = 5;
const lifetimeMs = 10 * 60_000;

/**
 * What this browser waits for an answer to. Each has a name of its own, so that no tab overwrites another one's; each is taken
 * once, within ten minutes; of more than five the oldest are dropped.
 */
export class PendingAnswers {
  constructor(
    private readonly texts: NamedTexts,
    private readonly wall: () => number,
  ) {}

  /** Returns whether it is there to be taken: a browser may refuse to keep anything. */
  keep(pending: Pending): boolean {
    try {
      const others = this.tidy().slice(0, keptAtMost - 1);
      for (const name of this.names()) if (!others.includes(name)) this.texts.remove(name);
      this.texts.write(prefix + pending.state, JSON.stringify({ ...pending, createdAt: this.wall() }));
      return this.texts.read(prefix + pending.state) !== undefined;
    } catch {
      return false;
    }
  }

  /** What the state belongs to, without taking it. */
  find(state: string | null): Pending | undefined {
    if (!state) return undefined;
    try {
      return this.parse(this.texts.read(prefix + state), state)?.pending;
    } catch {
      return undefined;
    }
  }

  take(state: string | null): Pending | undefined {
    const pending = this.find(state);
    if (pending) this.texts.remove(prefix + pending.state);
    return pending;
  }

  /** Removes what is too old or not ours to read; returns the names of the rest, the latest first. */
  private tidy(): string[] {
    const live: { readonly name: string; readonly createdAt: number }[] = [];
    for (const name of this.names()) {
      const parsed = this.parse(this.texts.read(name), name.slice(prefix.length));
      if (parsed) live.push({ name, createdAt: parsed.createdAt });
      else this.texts.remove(name);
    }
    return live.sort((one, other) => other.createdAt - one.createdAt).map(({ name }) => name);
  }

  private names(): readonly string[] {
    return this.texts.names().filter(name => name.startsWith(prefix));
  }

  private parse(text: string | undefined, state: string): { pending: Pending; createdAt: number } | undefined {
    const value: unknown = text === undefined ? undefined : parsed(text);
    if (!isPending(value) || value.state !== state) return undefined;
    const ageMs = this.wall() - value.createdAt;
    return ageMs <= lifetimeMs && ageMs >= -lifetimeMs ? { pending: value, createdAt: value.createdAt } : undefined;
  }
}

function isPending(value: unknown): value is Pending & { readonly createdAt: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, state, issuer, clientId, createdAt, codeVerifier, redirectUri }: Partial<Record<string, unknown>> =
    Object.assign(Object.create(null), value);
  const common = isText(state) && isText(issuer) && isText(clientId) && typeof createdAt === 'number';
  return common && (kind === 'logout' || (kind === 'login' && isText(codeVerifier) && isText(redirectUri)));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
