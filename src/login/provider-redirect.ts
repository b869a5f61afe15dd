import { callbackParameters } from '../callback/callback-parameters.js';
import { type PendingRedirect, PendingRedirects, storageDenied } from '../callback/pending-redirects.js';
import type { StringStorage } from '../callback/string-storage.js';
import { withoutCallbackParameters } from '../callback/without-callback-parameters.js';
import { AuthError } from '../errors.js';
import {
  type AuthorizationResponse,
  type AuthorizationServer,
  authorizationResponse,
  authorizationUrl,
  type SecretPorts,
  signInSecrets,
} from './authorization-request.js';

/** Platform of a sign-in by redirect. `providerRedirectPorts()` returns that of the browser. */
export interface ProviderRedirectPorts extends SecretPorts {
  /** Wall-clock epoch ms. */
  wall(): number;
  /** Storage that all tabs of the browser share. */
  readonly storage: StringStorage;
  /** URL of the page. */
  url(): string;
  /** Replaces the URL of the page and its history entry. Loads nothing. */
  replaceUrl(url: string): void;
  /** Navigates the page. */
  navigate(url: string): void;
}

/** Data of a sign-in by redirect that the callback returns. */
export interface PendingLogin {
  /** Name of the provider. */
  readonly provider: string;
  /** URL to navigate to after the sign-in. */
  readonly returnTo: string | undefined;
  /** Additional data for the request that exchanges the code. */
  readonly userData: object;
  /** Epoch of the session that links an account. Unset if the user was signed out. */
  readonly epoch?: number | undefined;
}

/** The redirect of a provider to this page. */
export interface ProviderCallback {
  readonly pendingLogin: PendingLogin;
  /**
   * Checks and returns the authorization response.
   *
   * @throws {AuthError} `login_failed` with the provider's error; `untrusted_response`
   */
  response(): AuthorizationResponse;
}

interface PendingProviderLogin extends PendingLogin, PendingRedirect {
  readonly kind: 'provider';
  readonly nonce?: string;
  readonly codeVerifier?: string;
}

/**
 * Signs users in at providers by redirect. Each sign-in has its own `state`, which expires after ten minutes and is valid for one
 * response. Sign-ins of several tabs are independent.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.7
 */
export class ProviderRedirect {
  private readonly pending: PendingRedirects<PendingProviderLogin>;

  constructor(private readonly ports: ProviderRedirectPorts) {
    const { storage } = ports;
    const prefix = 'aurelia-auth-refresh:provider:';
    this.pending = new PendingRedirects({ prefix, storage, wall: () => ports.wall(), isPending });
  }

  /**
   * Redirects the page to the provider. Resolves when the navigation has started.
   *
   * @throws {AuthError} `invalid_configuration`; `login_failed` if the browser denies storage
   */
  async beginRedirect(provider: AuthorizationServer, pendingLogin: PendingLogin): Promise<void> {
    const { redirectUri = '' } = provider;
    if (redirectUri.includes('#')) {
      const message = `redirectUri is "${redirectUri}": a redirect URI must not have a fragment. Use a path without "#".`;
      throw new AuthError('invalid_configuration', message);
    }
    const { state, nonce, codeVerifier } = signInSecrets(provider, this.ports);
    const url = await authorizationUrl(provider, { state, nonce, codeVerifier }, this.ports);
    const secrets = {
      state,
      ...(nonce !== undefined && { nonce }),
      ...(codeVerifier !== undefined && { codeVerifier }),
    };
    if (!this.pending.add({ ...pendingLogin, ...secrets, kind: 'provider' })) throw storageDenied();
    this.ports.navigate(url);
  }

  /**
   * Removes an authorization response from the URL of the page and returns it. Returns `undefined` and leaves the URL unchanged if
   * the response is not for a pending redirect of this browser.
   */
  takeCallback(): ProviderCallback | undefined {
    const url = this.ports.url();
    const parameters = callbackParameters(url);
    const pending = this.pending.take(parameters?.['state']);
    if (!parameters || !pending) return undefined;
    this.ports.replaceUrl(withoutCallbackParameters(url));
    const { provider, returnTo, userData, epoch, state, nonce, codeVerifier } = pending;
    return {
      pendingLogin: { provider, returnTo, userData, epoch },
      response: () => authorizationResponse(parameters, { state, nonce, codeVerifier }),
    };
  }

  /**
   * Whether the URL of the page holds an authorization response that is forged, used or expired.
   *
   * @param redirectUris redirect URIs of the providers
   */
  isUnknownCallback(redirectUris: readonly string[]): boolean {
    const url = this.ports.url();
    const { code, error, state } = callbackParameters(url) ?? {};
    if ((code ?? error) === undefined || !redirectUris.some(uri => isSamePage(uri, url))) return false;
    return state !== undefined || !this.pending.isEmpty();
  }
}

function isSamePage(one: string, other: string): boolean {
  const [{ origin, pathname }, page] = [new URL(one, other), new URL(other)];
  return origin === page.origin && pathname === page.pathname;
}

function isPending(
  value: PendingRedirect & Readonly<Record<string, unknown>>,
): value is PendingProviderLogin & Record<string, unknown> {
  const { kind, provider, returnTo, userData, epoch, nonce, codeVerifier } = value;
  const optional = [returnTo, nonce, codeVerifier].every(text => text === undefined || typeof text === 'string');
  const isPendingLogin = typeof provider === 'string' && typeof userData === 'object' && !!userData;
  return kind === 'provider' && isPendingLogin && optional && (epoch === undefined || typeof epoch === 'number');
}
