import { AuthClient } from '@supabase/auth-js';
import { type ClientKind, clientId, type Tokens, tokenPath } from './client.js';

/**
 * Refreshes on a timer, and before a request if the token has less than a minute and a half left. Requests get the token of
 * `getSession()`, as those of `@supabase/supabase-js` do.
 */
export const supabaseAuthJs: ClientKind = {
  name: '@supabase/auth-js',
  open() {
    let signedInWith: Tokens | undefined;
    const client = new AuthClient({
      url: location.origin + tokenPath.slice(0, tokenPath.lastIndexOf('/')),
      storageKey: 'session',
      async fetch(input, init) {
        const { searchParams } = new URL(String(input));
        if (searchParams.get('grant_type') === 'password') return Response.json(signedInWith);
        return fetch(input, searchParams.has('grant_type') ? withGrantType(init) : init);
      },
    });
    const accessToken = async (): Promise<string | undefined> => {
      const { data } = await client.getSession();
      return data.session?.access_token;
    };
    const authorize = async (request: Request): Promise<Request> => {
      const token = await accessToken();
      if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
      return request;
    };
    return {
      async logIn(tokens) {
        signedInWith = tokens;
        const { error } = await client.signInWithPassword({ email: 'user@example.com', password: 'password' });
        if (error) throw error;
      },
      logOut: () => client.signOut({ scope: 'local' }),
      authorize,
      send: async (url, init) => fetch(await authorize(new Request(url, init))),
      async refresh() {
        const { error } = await client.refreshSession();
        if (error) throw error;
      },
      isSignedIn: async () => (await client.getSession()).data.session !== null,
      accessToken,
      dispose: () => client.dispose(),
    };
  },
};

/** Its own server reads the grant from the query; the comparison server reads it from the body. */
function withGrantType(init: RequestInit | undefined): RequestInit {
  const body = JSON.parse(String(init?.body));
  return { ...init, body: JSON.stringify({ ...body, grant_type: 'refresh_token', client_id: clientId }) };
}
