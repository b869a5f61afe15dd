import type { TokenEndpointResponse } from 'oauth4webapi';
import { loginTimedOut, relayedCallback } from '../callback/relayed-callback.js';
import { AuthError } from '../errors.js';
import { attempt } from '../session/attempt.js';
import { beginCodeLogin, completeCodeLogin, isResponseTo, type SignInRequest } from './code-login.js';
import type { OpenIdConnectPorts } from './ports.js';
import type { Provider } from './provider.js';

const prefix = 'aurelia-auth-refresh:silent:';
const notRecognised = 'the provider did not recognise the user right after the sign-in';

/**
 * Signs in with `prompt=none` in a hidden iframe, if the user is signed in at the provider.
 *
 * Browsers may block the provider's cookies in frames, and providers may forbid framing. Both look like a user who is signed out.
 * Once it is certain, it is stored until the next visible sign-in, and no further frame is opened.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
 */
export class SilentLogin {
  private readonly name: string;

  constructor(
    private readonly provider: Provider,
    private readonly ports: OpenIdConnectPorts,
  ) {
    this.name = `${prefix}${provider.options.issuer} ${provider.options.clientId}`;
  }

  /**
   * @param idToken id token of the user who should be signed in at the provider
   * @param wasSignedIn whether the user was signed in at the provider a moment ago: `login_required` then means blocked cookies
   * @throws {AuthError} `login_required`, `silent_login_blocked`, `login_timed_out`, and the errors of a visible sign-in
   */
  async tokens(
    request: SignInRequest,
    idToken: string | undefined,
    wasSignedIn: boolean,
    abort: AbortSignal,
  ): Promise<TokenEndpointResponse> {
    const { silentRedirectUri, issuer, idTokenHint } = this.provider.options;
    if (silentRedirectUri === undefined) {
      throw new AuthError(
        'invalid_configuration',
        'A silent sign-in needs silentRedirectUri, the URL of callback.html.',
      );
    }
    const isForeign = new URL(issuer).origin !== new URL(silentRedirectUri).origin;
    if (isForeign && this.ports.isCrossOriginIsolated()) throw blocked('the page is cross-origin isolated');
    if (this.stored() === 'blocked') throw blocked(notRecognised);
    const hint = idTokenHint && idToken !== undefined && { id_token_hint: idToken };
    const hinted = { ...request, parameters: { ...hint, ...request.parameters } };
    try {
      const tokens = await this.provider.inTime(signal => this.inFrame(silentRedirectUri, hinted, signal), abort);
      this.store('works');
      return tokens;
    } catch (error) {
      const isBlocked =
        error instanceof AuthError &&
        error.oauthError === 'login_required' &&
        wasSignedIn &&
        this.stored() !== 'works' &&
        !isSameSite(issuer, silentRedirectUri);
      if (!isBlocked) throw error;
      this.store('blocked');
      throw blocked(notRecognised, error);
    }
  }

  /** Tries a frame again next time. Call it after a visible sign-in. */
  reset(): void {
    attempt(() => this.ports.storage.remove(this.name), undefined);
  }

  private async inFrame(
    redirectUri: string,
    request: SignInRequest,
    signal: AbortSignal,
  ): Promise<TokenEndpointResponse> {
    const silent = { ...request, prompt: 'none' };
    const { url, pending } = await beginCodeLogin(this.provider, redirectUri, silent, signal);
    if (signal.aborted) throw loginTimedOut();
    const frame = this.ports.openFrame(url);
    try {
      const { origin } = new URL(redirectUri);
      const isExpected = (callback: string) => isResponseTo(pending, callback);
      const callback = await relayedCallback({ origin, window: frame.window, isExpected, signal }, this.ports);
      return await completeCodeLogin(this.provider, pending, callback, signal);
    } finally {
      frame.remove();
    }
  }

  private stored(): string | undefined {
    return attempt(() => this.ports.storage.read(this.name), undefined);
  }

  private store(result: 'works' | 'blocked'): void {
    attempt(() => this.ports.storage.write(this.name, result), undefined);
  }
}

/** Compares hosts, or their last two labels: an approximation without the public suffix list. */
export function isSameSite(one: string, other: string): boolean {
  const [first, second] = [new URL(one), new URL(other)].map(({ protocol, hostname }) => {
    const isAddress = /^[\d.]+$|:/.test(hostname);
    return `${protocol}//${isAddress ? hostname : hostname.split('.').slice(-2).join('.')}`;
  });
  return first === second;
}

function blocked(why: string, cause?: AuthError): AuthError {
  const { oauthError } = cause ?? {};
  return new AuthError(
    'silent_login_blocked',
    `A hidden iframe cannot sign in: ${why}. The browser probably blocks the provider's cookies in frames.`,
    { cause, ...(oauthError !== undefined && { oauthError }) },
  );
}
