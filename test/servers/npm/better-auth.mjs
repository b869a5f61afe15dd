/** better-auth with its OAuth provider plugin; everything it knows is kept in memory. */
import { createServer } from 'node:http';
import { oauthProvider } from '@better-auth/oauth-provider';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';

const { PORT, APP_ORIGIN, ACCESS_TOKEN_SECONDS } = process.env;
const origin = `http://127.0.0.1:${PORT}`;
const database = {
  user: [],
  session: [],
  account: [],
  verification: [],
  jwks: [],
  oauthClient: [],
  oauthAccessToken: [],
  oauthRefreshToken: [],
  oauthConsent: [],
  oauthResource: [],
  oauthClientResource: [],
  oauthClientAssertion: [],
};
let isDown = false;

/** The adapter for a database that can be shut down. */
function adapterWithOutages(options) {
  return new Proxy(memoryAdapter(database)(options), {
    get(adapter, name, receiver) {
      const member = Reflect.get(adapter, name, receiver);
      if (typeof member !== 'function') return member;
      return (...parameters) => {
        if (isDown) throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
        return member.apply(adapter, parameters);
      };
    },
  });
}

const auth = betterAuth({
  baseURL: origin,
  secret: 'a secret for tests, which is long enough',
  database: adapterWithOutages,
  trustedOrigins: [APP_ORIGIN],
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  disabledPaths: ['/token'],
  plugins: [
    jwt(),
    oauthProvider({
      loginPage: '/login',
      consentPage: '/consent',
      scopes: ['openid', 'offline_access', 'read'],
      accessTokenExpiresIn: Number(ACCESS_TOKEN_SECONDS),
      silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true },
    }),
  ],
});

const { headers } = await auth.api.signUpEmail({
  body: { email: 'ann@example.com', password: 'secret-secret', name: 'Ann' },
  returnHeaders: true,
});
const cookie = headers.getSetCookie().map(each => each.split(';')[0]);
const client = await auth.api.adminCreateOAuthClient({
  headers: { cookie: cookie.join('; ') },
  body: {
    client_name: 'Shop',
    redirect_uris: [`${APP_ORIGIN}/`, `${APP_ORIGIN}/callback.html`],
    post_logout_redirect_uris: [`${APP_ORIGIN}/`],
    // A web client must have https addresses, on this machine too.
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid offline_access read',
    skip_consent: true,
    enable_end_session: true,
  },
});

const loginPage = `<!doctype html><title>Sign in</title>
<form><input name="username"><input name="password" type="password"><button>Sign in</button></form>
<script>
document.forms[0].addEventListener('submit', async event => {
  event.preventDefault();
  const { username, password } = Object.fromEntries(new FormData(event.target));
  const response = await fetch('/api/auth/sign-in/email', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: username + '@example.com', password, oauth_query: location.search.slice(1) }),
  });
  location.assign((await response.json()).url);
});
</script>`;

/** What an administrator does, for the suite alone. */
const controls = {
  '/control/break': () => {
    isDown = true;
  },
  '/control/mend': () => {
    isDown = false;
  },
  '/control/revoke': () => {
    database.oauthRefreshToken.length = 0;
  },
  '/control/client': () => client.client_id,
};

const handle = toNodeHandler(auth);
createServer((request, response) => {
  response.setHeader('Access-Control-Allow-Origin', APP_ORIGIN);
  response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
  const { pathname } = new URL(request.url, origin);
  const control = controls[pathname];
  if (control) return void response.end(control() ?? '');
  if (pathname === '/login') return void response.setHeader('Content-Type', 'text/html').end(loginPage);
  if (request.method === 'OPTIONS') return void response.writeHead(204).end();
  return void handle(request, response);
}).listen(Number(PORT), '127.0.0.1');
