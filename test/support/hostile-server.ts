import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeTokenServer, type FakeTokenServerOptions } from '../../src/testing.js';
import { tabPage } from './tab-page-bundle.js';

export type { ScriptedFailure } from '../../src/testing.js';

export interface HostileServerOptions extends Omit<FakeTokenServerOptions, 'clock'> {
  /** Returns the script of the page. If unset, the script of a tab for specs. */
  readonly script?: () => string;
}

/** One request as received. */
export interface Received {
  /** Origin that received the request: {@link HostileServer.origin} or {@link HostileServer.elsewhere}. */
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A response in place of the fake server's. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** CORS behaviour: correct, without a response to preflights, or without any CORS header. */
export type CrossOriginResponses = 'allowed' | 'preflight refused' | 'headers missing';

/**
 * A {@link FakeTokenServer} over real HTTP, on two origins of different sites, with the page that the specs open in
 * tabs. Failures are those of the fake server; a dropped connection is a reset socket.
 *
 * - `/auth/login` refreshes tokens, `/api/…` requires an access token,
 * - `/redirect?status=307&to=…` redirects, and so does every path that ends so,
 * - `/tab` is the page, with the headers in its query, `/tab-page.js` its script, `/worker.js` a service worker that
 * forwards requests.
 */
export class HostileServer {
  readonly received: Received[] = [];
  /** Requests for the page itself. */
  readonly pages: Received[] = [];
  crossOrigin: CrossOriginResponses = 'allowed';
  /** Functions that may respond to a request before the fake server does. */
  readonly responders: ((request: Received) => Reply | undefined)[] = [];
  private forwardedMs = 0;
  private readonly held = new Map<string, Promise<void>>();

  /** The tokens, the failures and the counters. */
  readonly tokens: FakeTokenServer;

  private constructor(
    private readonly options: HostileServerOptions,
    private readonly servers: readonly Server[],
    /** Origin of the page. */
    readonly origin: string,
    /** The same server on the origin of another site. */
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

  /** The server's current time, in epoch ms. */
  now(): number {
    return Date.now() + this.forwardedMs;
  }

  /** Offset of the server's clock, in ms. Pages that are opened later use it too. */
  get aheadMs(): number {
    return this.forwardedMs;
  }

  /** Advances the server's clock without waiting. */
  forward(ms: number): void {
    this.forwardedMs += ms;
  }

  /**
   * From now on, responses for this path wait, after the request was executed, until the returned function is called.
   */
  hold(path: string): () => void {
    let release = () => {};
    const released = new Promise<void>(resolve => {
      release = resolve;
    });
    this.held.set(path, released);
    return release;
  }

  /** Closes the server and all connections until the returned function is called. The server keeps its data. */
  async stop(): Promise<() => Promise<void>> {
    const ports = this.servers.map(server => (server.address() as AddressInfo).port);
    await this.close();
    return async () => {
      await Promise.all(this.servers.map((server, index) => listening(server, ports[index])));
    };
  }

  /** URL of the page with additional response headers. */
  page(headers: Readonly<Record<string, string>> = {}, origin = this.origin): string {
    return `${origin}/tab?${new URLSearchParams(headers)}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const origin = `http://${request.headers.host}`;
    const { method = 'GET', url: path = '/', headers } = request;
    const { pathname, searchParams } = new URL(path, origin);
    if (pathname === '/favicon.ico') return void response.writeHead(204).end();
    if (pathname === '/tab' || pathname === '/tab/') {
      this.pages.push({ origin, method, path, headers, body });
      return page(response, Object.fromEntries(searchParams));
    }
    if (pathname === '/tab-page.js') return script(response, this.options.script?.() ?? (await tabPage()));
    if (pathname === '/worker.js') return script(response, passThroughWorker);
    const received = { origin, method, path, headers, body };
    this.received.push(received);
    const cors = this.corsHeaders(request);
    const [reply] = this.responders.flatMap(respond => respond(received) ?? []);
    if (reply) {
      response.writeHead(reply.status, { ...cors, ...reply.headers }).end(reply.body);
    } else if (method === 'OPTIONS') {
      response.writeHead(this.crossOrigin === 'preflight refused' ? 403 : 204, cors).end();
    } else if (pathname.endsWith('/redirect')) {
      const status = Number(searchParams.get('status') ?? 307);
      response.writeHead(status, { ...cors, Location: searchParams.get('to') ?? '/' }).end();
    } else {
      await this.respondByTokens(request, response, body, cors);
    }
  }

  /** A broken connection rejects here, and the caller resets the socket. */
  private async respondByTokens(
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
  response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8', 'Cache-Control': 'no-cache' }).end(code);
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
