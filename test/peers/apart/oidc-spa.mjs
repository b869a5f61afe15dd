import { createOidc, oidcEarlyInit } from 'oidc-spa/core';

const { shouldLoadApp } = oidcEarlyInit({ BASE_URL: '/tab/' });

/** Signs in, and restores the session of an earlier page load, at the provider. Its tokens are in memory. */
export const oidcSpa = {
  name: 'oidc-spa',
  async open() {
    // The page is a hidden frame that returns from the provider.
    if (!shouldLoadApp) return new Promise(() => undefined);
    const oidc = await createOidc({ issuerUri: location.origin, clientId: 'app' });
    const accessToken = async () => (oidc.isUserLoggedIn ? (await oidc.getTokens()).accessToken : undefined);
    const authorize = async request => {
      const token = await accessToken();
      if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
      return request;
    };
    return {
      logIn: () => oidc.login({ doesCurrentHrefRequiresAuth: false }),
      logOut: () => oidc.logout({ redirectTo: 'current page' }),
      authorize,
      send: async (url, init) => fetch(await authorize(new Request(url, init))),
      refresh: () => oidc.renewTokens(),
      isSignedIn: () => oidc.isUserLoggedIn,
      accessToken,
    };
  },
};
