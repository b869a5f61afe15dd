import { type PendingRedirect, PendingRedirects } from '../callback/pending-redirects.js';
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
import { callbackParameters } from './callback-parameters.js';

/** What a sign-in by redirect needs from its environment; `providerRedirectPorts()` has the real ones. */
export interface ProviderRedirectPorts extends SecretPorts {
  /** Wall-clock epoch ms. */
  wall(): number;
  /** Shared by the tabs of the browser. */
  readonly texts: StringStorage;
  /** Address of the page. */
  url(): string;
  /** Changes the address bar and the history entry, and loads nothing. */
  replaceUrl(url: string): void;
  /** Sends the page to another address. */
  navigate(url: string): void;
}

/** What is to be known again when the page comes back. */
export interface PendingLogin {
  /** The provider's name. */
  readonly provider: string;
  /** Where the user wanted to go; absent where nobody said. */
  readonly returnTo: string | undefined;
  /** What goes along with the code. */
  readonly userData: object;
  /** The epoch of the session of who links an account; absent where nobody was signed in. */
  readonly epoch?: number | undefined;
}

/** A page that has come back from a provider, and what for. */
export interface ProviderCallback {
  readonly pendingLogin: PendingLogin;
  /**
   * The provider's answer.
   *
   * @throws {AuthError} `login_failed` with the provider's error; `untrusted_response`
   */
  answer(): AuthorizationResponse;
}

interface PendingProviderLogin extends PendingLogin, PendingRedirect {
  readonly kind: 'provider';
  readonly nonce?: string;
  readonly codeVerifier?: string;
}

/**
 * Sign-in at providers by sending the page there and back. Every sign-in has a `state` of its own, kept for ten minutes at the
 * most and good for one answer, an error too; several tabs do not disturb each other.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.7
 */
export class ProviderRedirect {
  private readonly pending: PendingRedirects<PendingProviderLogin>;

  constructor(private readonly ports: ProviderRedirectPorts) {
    const { texts } = ports;
    const prefix = 'aurelia-auth-refresh:provider:';
    this.pending = new PendingRedirects({ prefix, texts, wall: () => ports.wall(), isPending });
  }

  /**
   * Sends the page to the provider. Resolves when it is on its way.
   *
   * @throws {AuthError} `invalid_configuration`; `login_failed` where the browser keeps nothing for the page
   */
  async leave(provider: AuthorizationServer, pendingLogin: PendingLogin): Promise<void> {
    const { state, nonce, codeVerifier } = signInSecrets(provider, this.ports);
    const url = await authorizationUrl(provider, { state, nonce, codeVerifier }, this.ports);
    const secrets = {
      state,
      ...(nonce !== undefined && { nonce }),
      ...(codeVerifier !== undefined && { codeVerifier }),
    };
    if (!this.pending.keep({ ...pendingLogin, ...secrets, kind: 'provider' })) {
      throw new AuthError(
        'login_failed',
        'The browser keeps nothing for this page, so the answer could not be recognised. Sign in by popup instead.',
      );
    }
    this.ports.navigate(url);
  }

  /**
   * Takes a provider's answer out of the page's address. Absent, and the address untouched, where it holds none to a sign-in that
   * this browser began here and had no answer to yet: what belongs to a popup, or to the application, is not ours.
   */
  arrive(): ProviderCallback | undefined {
    const address = this.ports.url();
    const parameters = callbackParameters(address);
    const pending = this.pending.take(parameters?.['state']);
    if (!parameters || !pending) return undefined;
    this.ports.replaceUrl(withoutCallbackParameters(address));
    const { provider, returnTo, userData, epoch, state, nonce, codeVerifier } = pending;
    return {
      pendingLogin: { provider, returnTo, userData, epoch },
      answer: () => authorizationResponse(parameters, { state, nonce, codeVerifier }),
    };
  }

  /**
   * Whether the page's address looks like an answer though it is none to a sign-in of ours: forged, used, or too late.
   *
   * @param redirectUris where providers send the page back to
   */
  isStray(redirectUris: readonly string[]): boolean {
    const address = this.ports.url();
    const { code, error, state } = callbackParameters(address) ?? {};
    if ((code ?? error) === undefined || !redirectUris.some(uri => isSamePage(uri, address))) return false;
    return state !== undefined || this.pending.isWaiting();
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
