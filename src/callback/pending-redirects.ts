import type { StringStorage } from './string-storage.js';

/** What the page was sent away for. */
export interface PendingRedirect {
  readonly kind: string;
  /** What the answer must repeat. */
  readonly state: string;
}

export interface PendingRedirectsOptions<Pending extends PendingRedirect> {
  /** Stands before the names of all that is kept. */
  readonly prefix: string;
  readonly texts: StringStorage;
  /** Wall-clock epoch ms. */
  wall(): number;
  /** Whether what was read is what could have been kept. */
  isPending(value: PendingRedirect & Readonly<Record<string, unknown>>): value is Pending & Record<string, unknown>;
}

const keptAtMost = 5;
const lifetimeMs = 10 * 60_000;

/**
 * What this browser waits for an answer to, across page loads. Each has a name of its own, so that no tab overwrites another
 * one's; each is taken once, within ten minutes; of more than five the oldest are dropped.
 */
export class PendingRedirects<Pending extends PendingRedirect> {
  constructor(private readonly options: PendingRedirectsOptions<Pending>) {}

  /** Returns whether it is there to be taken: a browser may refuse to keep anything. */
  keep(pending: Pending): boolean {
    const { prefix, texts, wall } = this.options;
    try {
      const others = this.tidy().slice(0, keptAtMost - 1);
      for (const name of this.names()) if (!others.includes(name)) texts.remove(name);
      texts.write(prefix + pending.state, JSON.stringify({ ...pending, createdAt: wall() }));
      return texts.read(prefix + pending.state) !== undefined;
    } catch {
      return false;
    }
  }

  /** What the state belongs to, without taking it. */
  find(state: string | null | undefined): Pending | undefined {
    const { prefix, texts } = this.options;
    if (!state) return undefined;
    try {
      return this.parse(texts.read(prefix + state), state)?.pending;
    } catch {
      return undefined;
    }
  }

  take(state: string | null | undefined): Pending | undefined {
    const { prefix, texts } = this.options;
    const pending = this.find(state);
    if (pending) texts.remove(prefix + pending.state);
    return pending;
  }

  /** Whether anything is waited for. */
  isWaiting(): boolean {
    try {
      return this.tidy().length > 0;
    } catch {
      return false;
    }
  }

  /** Removes what is too old or not ours to read; returns the names of the rest, the latest first. */
  private tidy(): string[] {
    const { prefix, texts } = this.options;
    const live: { readonly name: string; readonly createdAt: number }[] = [];
    for (const name of this.names()) {
      const parsed = this.parse(texts.read(name), name.slice(prefix.length));
      if (parsed) live.push({ name, createdAt: parsed.createdAt });
      else texts.remove(name);
    }
    return live.sort((one, other) => other.createdAt - one.createdAt).map(({ name }) => name);
  }

  private names(): readonly string[] {
    const { prefix, texts } = this.options;
    return texts.names().filter(name => name.startsWith(prefix));
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
