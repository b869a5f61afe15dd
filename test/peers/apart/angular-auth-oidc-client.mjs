import '@angular/compiler';
import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { createApplication } from '@angular/platform-browser';
import { provideRouter } from '@angular/router';
import {
  AbstractSecurityStorage,
  authInterceptor,
  DefaultLocalStorageService,
  OidcSecurityService,
  provideAuth,
} from 'angular-auth-oidc-client';
import { firstValueFrom, fromEvent, takeUntil } from 'rxjs';

/** In an Angular application without components. Its interceptor adds the token to requests of `HttpClient`. */
export const angularAuthOidcClient = {
  name: 'angular-auth-oidc-client',
  async open() {
    const redirectUrl = `${location.origin}/tab`;
    const config = {
      authority: location.origin,
      redirectUrl,
      postLogoutRedirectUri: redirectUrl,
      clientId: 'app',
      scope: 'openid profile email offline_access',
      responseType: 'code',
      silentRenew: true,
      useRefreshToken: true,
      renewTimeBeforeTokenExpiresInSeconds: 30,
      // The application stays at its address.
      triggerAuthorizationResultEvent: true,
      secureRoutes: [`${location.origin}/api`],
    };
    const { injector } = await createApplication({
      providers: [
        provideAuth({ config }),
        provideHttpClient(withInterceptors([authInterceptor()])),
        provideRouter([]),
        globalThis.storesByDefault ? [] : [{ provide: AbstractSecurityStorage, useClass: DefaultLocalStorageService }],
      ],
    });
    const oidc = injector.get(OidcSecurityService);
    const http = injector.get(HttpClient);
    await firstValueFrom(oidc.checkAuth());
    const accessToken = async () => (await firstValueFrom(oidc.getAccessToken())) || undefined;
    return {
      logIn: () => oidc.authorize(),
      logOut: () => oidc.logoffLocal(),
      async authorize(request) {
        request.headers.set('Authorization', `Bearer ${await accessToken()}`);
        return request;
      },
      send: (url, init) => send(http, url, init),
      async refresh() {
        const { isAuthenticated, errorMessage } = await firstValueFrom(oidc.forceRefreshSession());
        if (!isAuthenticated) throw new Error(errorMessage);
      },
      isSignedIn: async () => (await firstValueFrom(oidc.isAuthenticated$)).isAuthenticated,
      accessToken,
    };
  },
};

async function send(http, url, { method = 'GET', body, headers, signal } = {}) {
  const options = {
    body,
    headers: Object.fromEntries(new Headers(headers)),
    observe: 'response',
    responseType: 'arraybuffer',
  };
  const request = http.request(method, new URL(url, location.href).href, options);
  try {
    const { status } = await firstValueFrom(signal ? request.pipe(takeUntil(fromEvent(signal, 'abort'))) : request);
    return new Response(null, { status });
  } catch (error) {
    if (!error.status) throw error;
    return new Response(null, { status: error.status });
  }
}
