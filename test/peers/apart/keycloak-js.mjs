import Keycloak from 'keycloak-js';

/**
 * Signs in, and restores the session of an earlier page load, at the provider. Before a request the application calls `updateToken()`.
 * `checkLoginIframe` needs a page that only Keycloak has.
 */
export const keycloakJs = {
  name: 'keycloak-js',
  async open() {
    const { origin } = location;
    const keycloak = new Keycloak({ clientId: 'app', oidcProvider: origin });
    await keycloak.init({
      onLoad: 'check-sso',
      silentCheckSsoRedirectUri: `${origin}/silent-check-sso.html`,
      checkLoginIframe: false,
    });
    const authorize = async request => {
      if (!keycloak.authenticated) return request;
      await keycloak.updateToken(30);
      request.headers.set('Authorization', `Bearer ${keycloak.token}`);
      return request;
    };
    return {
      logIn: () => keycloak.login(),
      logOut: () => keycloak.logout(),
      authorize,
      send: async (url, init) => fetch(await authorize(new Request(url, init))),
      refresh: () => keycloak.updateToken(-1),
      isSignedIn: () => keycloak.authenticated,
      accessToken: () => keycloak.token,
    };
  },
};
