import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

interface Pair {
  readonly refresh_token: string;
}

/** Request format of each variant: the middleware reads JSON, the library reads forms. */
export type Encoding = 'json' | 'form';

export function post(port: number, path: string, body: Record<string, string>, encoding: Encoding): Promise<Pair> {
  const text = encoding === 'json' ? JSON.stringify(body) : new URLSearchParams(body).toString();
  const type = encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, path, host: '127.0.0.1', method: 'POST', headers }, response => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', chunk => {
        received += chunk;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(received));
        else reject(new Error(`${path} succeeded ${response.statusCode}: ${received}`));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

/**
 * Sessions that refresh without pause, each with the refresh token of its previous response. @returns number of
 * refreshes
 */
export async function refreshFor(
  ms: number,
  ports: readonly number[],
  sessions: number,
  encoding: Encoding,
): Promise<{ refreshes: number; seconds: number }> {
  const loginPath = encoding === 'json' ? '/login' : '/refresh';
  const login = { grant_type: 'password', username: 'ada', password: 'x', client_id: 'app', scope: 'read' };
  const endsAt = performance.now() + ms;
  let refreshes = 0;
  const session = async (port: number): Promise<void> => {
    let { refresh_token } = await post(port, loginPath, login, encoding);
    while (performance.now() < endsAt) {
      const body = { grant_type: 'refresh_token', refresh_token, client_id: 'app' };
      ({ refresh_token } = await post(port, '/refresh', body, encoding));
      refreshes += 1;
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: sessions }, (_, index) => session(ports[index % ports.length] ?? 0)));
  return { refreshes, seconds: (performance.now() - begun) / 1000 };
}
