import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeTokenServer, type FakeTokenServerOptions } from '../../src/testing.js';
import { tabPage } from './tab-page-bundle.js';

export type { Fault } from '../../src/testing.js';

export interface HostileServerOptions extends Omit<FakeTokenServerOptions, 'clock'> {
  /** The script of the page. Absent: that of a tab for specs. */
  readonly script?: string;
}

/** One request as it came over the wire. */
export interface Received {
  /** Of the server that was asked: {@link HostileServer.origin} or {@link HostileServer.elsewhere}. */
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** How cross-origin requests are answered: as they should be, without an answer to preflights, or without any CORS header. */
export type CrossOriginAnswers = 'allowed' | 'preflight refused' | 'headers missing';

/**
 * A {@link FakeTokenServer} over real HTTP, at two places of two different sites, with the page that the specs open in tabs.
 * Faults are those of the fake server; a dropped connection is a socket that is reset.
 *
 * - `/auth/login` trades refresh tokens in, `/api/…` wants an access token,
 * - `/redirect?status=307&to=…` redirects, and so does every path that ends so,
 * - `/tab` is the page, with the headers that its query names, `/tab-page.js` its script, `/worker.js` a service worker that
 *   passes requests on.
 */
export class HostileServer {
  readonly received: Received[] = [];
  /** Requests for the page itself. */
  readonly pages: Received[] = [];
  crossOrigin: CrossOriginAnswers = 'allowed';
  private forwardedMs = 0;
  private readonly held = new Map<string, Promise<void>>();

  /** The tokens, the faults and the counters. */
  readonly tokens: FakeTokenServer;

  private constructor(
    private readonly options: HostileServerOptions,
    private readonly servers: readonly Server[],
    /** Where the page is served. */
    readonly origin: string,
    /** The same server under the name of another site. */
    readonly elsewhere: string,
  ) {
    this.tokens = new FakeTokenServer({ ...options, clock: { now: () => this.now(), after } });
    for (const server of servers) {
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        this.answer(request, response).catch(() => request.socket.resetAndDestroy());
      });
    }
  }

  static async start(options: HostileServerOptions = {}): Promise<HostileServer> {
    const servers = [createServer(), createServer()];
    const [port, otherPort] = await Promise.all(servers.map(server => listening(server)));
    return new HostileServer(options, servers, `http://127.0.0.1:${port}`, `http://localhost:${otherPort}`);
  }

  async close(): Promise<void> {
    await Promise.all(
      this.servers.map(async server => {
        if (!server.listening) return;
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }),
    );
  }

  /** What time the server thinks it is, epoch ms. */
  now(): number {
    return Date.now() + this.forwardedMs;
  }

  /** How far the server's clock was put forward; a page that is opened later wants to know. */
  get aheadMs(): number {
    return this.forwardedMs;
  }

  /** Lets time pass at the server without anybody waiting for it. */
  forward(ms: number): void {
    this.forwardedMs += ms;
  }

  /** Answers to requests for this path wait from now on, their work done, until what this returns is called. */
  hold(path: string): () => void {
    let release = () => {};
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    this.held.set(path, released);
    return release;
  }

  /** The machine is gone, and with it every connection, until what this returns is called; it forgets nothing. */
  async stop(): Promise<() => Promise<void>> {
    const ports = this.servers.map(server => (server.address() as AddressInfo).port);
    await this.close();
    return async () => {
      await Promise.all(this.servers.map((server, index) => listening(server, ports[index])));
    };
  }

  /** The page at this server, with response headers of its own. */
  page(headers: Readonly<Record<string, string>> = {}, origin = this.origin): string {
    return `${origin}/tab?${new URLSearchParams(headers)}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const origin = `http://${request.headers.host}`;
    const { method = 'GET', url: path = '/', headers } = request;
    const { pathname, searchParams } = new URL(path, origin);
    if (pathname === '/favicon.ico') return void response.writeHead(204).end();
    if (pathname === '/tab') {
      this.pages.push({ origin, method, path, headers, body });
      return page(response, Object.fromEntries(searchParams));
    }
    if (pathname === '/tab-page.js') return script(response, this.options.script ?? (await tabPage()));
    if (pathname === '/worker.js') return script(response, passThroughWorker);
    this.received.push({ origin, method, path, headers, body });
    const cors = this.corsHeaders(request);
    if (method === 'OPTIONS') {
      response.writeHead(this.crossOrigin === 'preflight refused' ? 403 : 204, cors).end();
    } else if (pathname.endsWith('/redirect')) {
      const status = Number(searchParams.get('status') ?? 307);
      response.writeHead(status, { ...cors, Location: searchParams.get('to') ?? '/' }).end();
    } else {
      await this.answerByTokens(request, response, body, cors);
    }
  }

  /** A connection that breaks is a rejection here, and reset by whoever called. */
  private async answerByTokens(
    { method = 'GET', url = '/', headers }: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    cors: Record<string, string>,
  ): Promise<void> {
    const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const init = { method, headers: sent, ...(hasBody && { body: new Uint8Array(body) }) };
    const address = new URL(url, `http://${headers.host}`);
    const answer = await this.tokens.fetch(address, init);
    await this.held.get(address.pathname);
    response.writeHead(answer.status, { ...cors, ...Object.fromEntries(answer.headers) });
    response.end(await answer.text());
  }

  private corsHeaders({ headers }: IncomingMessage): Record<string, string> {
    const { origin } = headers;
    if (origin === undefined || this.crossOrigin !== 'allowed') return {};
    return {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '*',
      'Access-Control-Allow-Methods': headers['access-control-request-method'] ?? '*',
      'Access-Control-Expose-Headers': 'Retry-After',
      Vary: 'Origin',
    };
  }
}

const passThroughWorker = `
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => event.respondWith(fetch(event.request)));`;

function page(response: ServerResponse, headers: Record<string, string>): void {
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...headers });
  response.end('<!doctype html><title>A tab</title><script src="/tab-page.js"></script>');
}

function script(response: ServerResponse, code: string): void {
  response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(code);
}

async function listening(server: Server, port = 0): Promise<number> {
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function after(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, delayMs);
  return () => clearTimeout(timer);
}
