import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

export interface RunningServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the app on the loopback interface, on a free port if none is named. */
export async function listen(app: RequestListener, atPort = 0): Promise<RunningServer> {
  const server = createHttpServer(app).listen(atPort, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
    },
  };
}

/** Returns a free port, for programs that need one as an argument. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise(closed => server.close(closed));
  return port;
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, if it is JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export async function request(url: string, init: RequestInit = {}): Promise<TestResponse> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : {},
  };
}

export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<TestResponse> {
  return request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

export function postForm(
  url: string,
  body: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return request(url, { method: 'POST', headers, body: new URLSearchParams(body) });
}
