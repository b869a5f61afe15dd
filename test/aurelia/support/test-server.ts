import { counted } from '../../../src/testing/test-clock.js';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly credentials: RequestCredentials;
}

export type Answer = (request: Seen) => Response | Promise<Response>;

/** A server in the page: answers by method and path, and remembers every request. */
export class TestServer {
  readonly seen: Seen[] = [];
  private readonly routes = new Map<string, Answer>();
  private issued = 0;

  /** @param lifetimeSeconds of the access tokens; absent: the server does not say */
  constructor(private readonly lifetimeSeconds?: number) {
    this.on('POST /auth/login', this.tokens);
  }

  /** @param route such as `POST /auth/login` */
  on(route: string, answer: Answer): this {
    this.routes.set(route, answer);
    return this;
  }

  readonly serve = async (request: Request): Promise<Response> => {
    if (request.signal.aborted) throw request.signal.reason;
    const { method, url, headers, credentials } = request;
    const seen = { method, url, headers: new Headers(headers), body: await counted(request.text()), credentials };
    this.seen.push(seen);
    const answer = this.routes.get(`${method} ${new URL(url).pathname}`);
    return readyToRead(answer ? await answer(seen) : new Response('Not found', { status: 404 }));
  };

  to(path: string): Seen[] {
    return this.seen.filter(({ url }) => new URL(url).pathname === path);
  }

  /** Answers with new tokens: `access-1` and `refresh-1`, then `access-2` and so on. */
  readonly tokens = (): Response => {
    this.issued += 1;
    const expires_in = this.lifetimeSeconds;
    return json({ access_token: `access-${this.issued}`, refresh_token: `refresh-${this.issued}`, expires_in });
  };
}

/** A response whose body takes the platform no time to read, so that specs need not wait for it. */
async function readyToRead(response: Response): Promise<Response> {
  const text = await counted(response.clone().text());
  return Object.assign(response, { text: async () => text, json: async () => JSON.parse(text) });
}

/** Answers 401 to everything but these tokens. */
export function guardedBy(...tokens: string[]): Answer {
  return ({ headers, body }) =>
    tokens.includes((headers.get('Authorization') ?? '').replace('Bearer ', ''))
      ? json({ body })
      : new Response('', { status: 401 });
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

/** A JWT that nobody signed. */
export function jwt(claims: object): string {
  const part = (value: object) => btoa(JSON.stringify(value)).replace(/=/g, '').replace(/\+/g, '-').replace(/\//g, '_');
  return `${part({ alg: 'none' })}.${part(claims)}.unsigned`;
}
