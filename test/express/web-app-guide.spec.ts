import express from 'express';
import * as oidc from 'openid-client';
import { type WebTokens, webSession, webTokens } from '../../src/express.js';
import { freePort, listen, request } from '../server/support/http-server.js';
import { type GuideExample, startGuideExample } from './support/guide-example.js';

/** Goes where a browser would go, with its cookies. */
class Browser {
  private readonly cookies = new Map<string, string>();

  /** Follows redirects, up to one that begins with `stopAt`. */
  async open(url: string, stopAt?: string): Promise<{ url: string; status: number; text: string }> {
    for (let hops = 0; hops < 20; hops++) {
      if (stopAt !== undefined && url.startsWith(stopAt)) return { url, status: 0, text: '' };
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: this.header() } });
      for (const cookie of response.headers.getSetCookie()) this.keep(cookie);
      const location = response.headers.get('location');
      if (location === null) return { url, status: response.status, text: await response.text() };
      url = new URL(location, url).href;
    }
    throw new Error('Too many redirects.');
  }

  private keep(setCookie: string): void {
    const [pair = ''] = setCookie.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }

  private header(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** The same browser a moment earlier. */
  copy(): Browser {
    const copy = new Browser();
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }
}

describe('the guide’s web application', () => {
  let example: GuideExample;
  let baseURL: string;
  let issuer: string;

  beforeAll(async () => {
    const [port, providerPort] = [await freePort(), await freePort()];
    baseURL = `http://localhost:${port}`;
    issuer = `http://localhost:${providerPort}`;
    const ports = { PORT: String(port), PROVIDER_PORT: String(providerPort) };
    example = await startGuideExample('doc/guides/web-app/start.ts', ports);
  });
  afterAll(() => example.stop());

  it('refreshes its access token before it expires, once for concurrent requests', async () => {
    const browser = new Browser();
    const first = await browser.open(`${baseURL}/expenses`);
    expect(first.status).toBe(200);
    expect(first.url).toBe(`${baseURL}/expenses`);
    await example.advance(6);
    const tabs = Array.from({ length: 10 }, () => browser.copy().open(`${baseURL}/expenses`));
    const [response, ...others] = await Promise.all([browser.open(`${baseURL}/expenses`), ...tabs]);
    expect(response!.status).toBe(200);
    expect(response!.text).not.toBe(first.text);
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(others.map(({ text }) => text))).toEqual(new Set([response!.text]));
    await example.advance(6);
    const later = await browser.open(`${baseURL}/expenses`);
    expect(later.status).toBe(200);
    expect(later.text).not.toBe(response!.text);
  });

  it('works with openid-client', async () => {
    const allow = { execute: [oidc.allowInsecureRequests] };
    const configuration = await oidc.discovery(new URL(issuer), 'web-app', 'web-app-secret', undefined, allow);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const authorization = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: `${baseURL}/callback`,
      scope: 'openid offline_access read:expenses',
      prompt: 'consent',
      state: expectedState,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { url } = await new Browser().open(authorization.href, `${baseURL}/callback`);
    const response = await oidc.authorizationCodeGrant(configuration, new URL(url), {
      pkceCodeVerifier,
      expectedState,
    });

    const now = Date.now();
    const session: WebTokens = { ...response, expires_at: now / 1000 };
    let refreshes = 0;
    const app = express();
    const freshTokens = webSession({
      clock: () => now,
      tokens: () => ({ ...session }),
      refresh: refreshToken => {
        refreshes += 1;
        return oidc.refreshTokenGrant(configuration, refreshToken);
      },
    });
    app.get('/', freshTokens, (req, res) => void res.json(webTokens(req)));
    const server = await listen(app);
    const responses = await Promise.all(Array.from({ length: 5 }, () => request(server.origin)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    expect(responses[0]!.body['access_token']).not.toBe(response.access_token);
    expect(responses[0]!.body['refresh_token']).not.toBe(response.refresh_token);
    expect(refreshes).toBe(1);

    session.refresh_token = 'revoked meanwhile';
    expect((await request(server.origin)).status).toBe(401);
    await server.close();
  });
});
