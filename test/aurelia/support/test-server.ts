import { counted } from '../../../src/testing/test-clock.js';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly credentials: RequestCredentials;
}

export type Respond = (request: Seen) => Response | Promise<Response>;

/** A server in the page. Responds by method and path, and records every request. */
export class TestServer {
  readonly seen: Seen[] = [];
  private readonly routes = new Map<string, Respond>();
  private issued = 0;

  /** @param lifetimeSeconds lifetime of the access tokens; if unset, responses have no `expires_in` */
  constructor(private readonly lifetimeSeconds?: number) {
    this.on('POST /auth/login', this.tokens);
  }

  /** @param route such as `POST /auth/login` */
  on(route: string, respond: Respond): this {
    this.routes.set(route, respond);
    return this;
  }

  readonly serve = async (request: Request): Promise<Response> => {
    if (request.signal.aborted) throw request.signal.reason;
    const { method, url, headers, credentials } = request;
    const seen = { method, url, headers: new Headers(headers), body: await counted(request.text()), credentials };
    this.seen.push(seen);
    const respond = this.routes.get(`${method} ${new URL(url).pathname}`);
    return readyToRead(respond ? await respond(seen) : new Response('Not found', { status: 404 }));
  };

  to(path: string): Seen[] {
    return this.seen.filter(({ url }) => new URL(url).pathname === path);
  }

  /** Responds with new tokens: `access-1` and `refresh-1`, then `access-2` and so on. */
  readonly tokens = (): Response => {
    this.issued += 1;
    const expires_in = this.lifetimeSeconds;
    return json({ access_token: `access-${this.issued}`, refresh_token: `refresh-${this.issued}`, expires_in });
  };
}

/** Options of an app that refreshes at the server of {@link refreshingServer}. */
export const refreshing = { useRefreshToken: true, refreshTokenUrl: '/auth/token' };

/** Returns a server that issues new tokens for a refresh token. */
export function refreshingServer(lifetimeSeconds = 600): TestServer {
  const server = new TestServer(lifetimeSeconds);
  return server.on('POST /auth/token', server.tokens);
}

/** Returns a response whose body is read synchronously, so that specs need not wait. */
async function readyToRead(response: Response): Promise<Response> {
  const text = await counted(response.clone().text());
  return Object.assign(response, { text: async () => text, json: async () => JSON.parse(text) });
}

/** Responds with 401 to all other tokens. */
export function guardedBy(...tokens: string[]): Respond {
  return ({ headers, body }) =>
    tokens.includes((headers.get('Authorization') ?? '').replace('Bearer ', ''))
      ? json({ body })
      : new Response('', { status: 401 });
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

/** Returns an unsigned JWT. */
export function jwt(claims: object): string {
  const part = (value: object) => btoa(JSON.stringify(value)).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');
  return `${part({ alg: 'none' })}.${part(claims)}.unsigned`;
}
