import { User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { type ClientKind, clientId, tokenPath } from './client.js';

/** Renews shortly before expiry. Before a request the application gets the user and renews an expired one. */
export const oidcClientTs: ClientKind = {
  name: 'oidc-client-ts',
  open() {
    const { origin } = location;
    const manager = new UserManager({
      authority: origin,
      client_id: clientId,
      redirect_uri: `${origin}/callback`,
      metadata: {
        issuer: `${origin}/`,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: origin + tokenPath,
      },
      ...(!globalThis.storesByDefault && { userStore: new WebStorageStateStore({ store: localStorage }) }),
      automaticSilentRenew: true,
    });
    const current = async (): Promise<User | null> => {
      const user = await manager.getUser();
      return user?.expired ? manager.signinSilent() : user;
    };
    const authorize = async (request: Request): Promise<Request> => {
      const user = await current();
      if (user) request.headers.set('Authorization', `Bearer ${user.access_token}`);
      return request;
    };
    return {
      async logIn({ access_token, refresh_token, id_token, token_type, expires_in }) {
        const expires_at = Math.floor(Date.now() / 1000) + expires_in;
        const { sub } = JSON.parse(atob(id_token.split('.')[1] ?? ''));
        const profile = { sub, iss: `${origin}/`, aud: clientId, exp: expires_at, iat: expires_at };
        await manager.storeUser(new User({ access_token, refresh_token, id_token, token_type, expires_at, profile }));
        await manager.getUser();
      },
      logOut: () => manager.removeUser(),
      authorize,
      send: async (url, init) => fetch(await authorize(new Request(url, init))),
      refresh: () => manager.signinSilent(),
      isSignedIn: async () => (await manager.getUser())?.expired === false,
      accessToken: async () => (await manager.getUser())?.access_token,
      async dispose() {
        manager.stopSilentRenew();
        await manager.events.unload();
      },
    };
  },
};
