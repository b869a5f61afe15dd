import { oidc as passport } from '../../doc/guides/backends/laravel-passport.js';
import type { OpenIdConnectOptions } from '../../src/oidc.js';
import { clientId, issuer, json } from './support/hostile-provider.js';
import { TestPage, type TestPageOptions, until } from './support/test-page.js';

/** Uses the page's session at an interval until it ends. Returns how many seconds that took. */
async function secondsOfUse({ session, clock }: TestPage): Promise<number> {
  for (let seconds = 0; seconds < 300; seconds += 5) {
    if (session.state.status === 'logged-out') return seconds;
    session.getFreshToken().catch(() => undefined);
    await clock.advance(5000);
    await until(() => session.state.status !== 'refreshing');
  }
  return Number.POSITIVE_INFINITY;
}

/** The options of a recipe, with the URLs and the client of the provider of the specs. */
function atProvider(recipe: OpenIdConnectOptions): TestPageOptions {
  const { redirectUri: _, ...options } = recipe;
  return { ...JSON.parse(JSON.stringify(options).replaceAll('https://api.example.com', issuer)), clientId };
}

describe('the recipe for Laravel Passport', () => {
  let count: number;
  let refusal: Response | undefined;

  /** A page at a Passport server, signed in by code with PKCE. */
  async function signedIn(): Promise<TestPage> {
    count = 0;
    refusal = undefined;
    const page = new TestPage(atProvider(passport));
    page.provider.overrides = {
      authorizationResponse: parameters => parameters.delete('iss'),
      respond: request =>
        new URL(request.url).pathname === '/oauth/token' ? (refusal?.clone() ?? tokens()) : undefined,
    };
    await page.signIn();
    return page;
  }

  function tokens(): Response {
    count += 1;
    return json({
      token_type: 'Bearer',
      expires_in: 600,
      access_token: `access-${count}`,
      refresh_token: `def502-${count}`,
    });
  }

  it('signs in without an ID token and refreshes', async () => {
    const page = await signedIn();
    expect(new URL(page.visited[0] ?? '').pathname).toBe('/oauth/authorize');
    expect(page.session.freshToken()?.accessToken).toBe('access-1');
    await page.session.updateToken();
    expect(page.session.freshToken()?.accessToken).toBe('access-2');
    expect(page.provider.requests.at(-1)?.body.get('refresh_token')).toBe('def502-1');
  });

  for (const [version, status, error] of [
    ['up to version 12', 401, 'invalid_request'],
    ['since version 13', 400, 'invalid_grant'],
  ] as const) {
    it(`leaves a session that the server has ended with ${status} ${error}, ${version}`, async () => {
      const page = await signedIn();
      refusal = json(
        { error, error_description: 'The refresh token is invalid.', hint: 'Token has been revoked' },
        status,
      );
      await page.clock.sleep(600_000);
      expect(await secondsOfUse(page)).toBeLessThanOrEqual(120);
    });
  }
});

describe('the recipe for Keycloak', () => {
  for (const description of ['Token is not active', 'Session not active', 'Stale token']) {
    it(`leaves a session that the server has ended with 400 "${description}"`, async () => {
      const page = new TestPage({ renewal: 'refresh-token' });
      await page.signIn();
      page.provider.overrides.respond = request =>
        new URL(request.url).pathname === '/token'
          ? json({ error: 'invalid_grant', error_description: description }, 400)
          : undefined;
      await page.clock.sleep(page.provider.accessTokenLifetimeSeconds * 1000);
      expect(await secondsOfUse(page)).toBeLessThanOrEqual(120);
    });
  }
});
