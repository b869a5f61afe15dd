import type { TokenEndpointResponse } from 'oauth4webapi';
import { AuthError } from '../errors.js';
import { bounded } from './bounded.js';
import { beginCodeLogin, completeCodeLogin, type SignInRequest } from './code-login.js';
import { popupCallbackResponse } from './popup-callback-response.js';
import type { OpenIdConnectPorts } from './ports.js';
import type { Provider } from './provider.js';

const prefix = 'aurelia-auth-refresh:silent:';

/**
 * Sign-in without anything to see: a hidden frame in which the provider recognises the user by its own cookie, or says that
 * it would have to ask (`prompt=none`).
 *
 * Browsers may keep that cookie from frames, and providers may refuse to be framed. That looks like a user who is not signed in there;
 * once it is plain enough, it is remembered until the next visible sign-in, and no frame is opened meanwhile.
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
   * @param surelySignedIn the user was signed in at the provider a moment ago, so not being recognised means being hindered
   * @throws {AuthError} `login_required`, `silent_login_blocked`, `login_timed_out`, and what a visible sign-in throws
   */
  async tokens(request: SignInRequest, surelySignedIn: boolean, abort: AbortSignal): Promise<TokenEndpointResponse> {
    const { silentRedirectUri, issuer } = this.provider.options;
    if (silentRedirectUri === undefined) {
      throw new AuthError(
        'invalid_configuration',
        'A silent sign-in needs silentRedirectUri, the address of callback.html.',
      );
    }
    const isForeign = new URL(issuer).origin !== new URL(silentRedirectUri).origin;
    if (isForeign && this.ports.isCrossOriginIsolated()) throw blocked('the page is cross-origin isolated');
    if (this.known() === 'blocked') throw blocked('it did not recognise the user right after sign-in');
    const { timeoutSeconds: seconds } = this.provider.options;
    const { after } = this.ports;
    try {
      const tokens = await bounded({ seconds, abort, after }, signal => this.ask(silentRedirectUri, request, signal));
      this.note('works');
      return tokens;
    } catch (error) {
      const hindered =
        error instanceof AuthError &&
        error.oauthError === 'login_required' &&
        surelySignedIn &&
        this.known() !== 'works' &&
        !isSameSite(issuer, silentRedirectUri);
      if (!hindered) throw error;
      this.note('blocked');
      throw blocked('it did not recognise the user right after sign-in', error);
    }
  }

  /** After a visible sign-in things may be different. */
  forget(): void {
    this.attempt(() => this.ports.texts.remove(this.name));
  }

  private async ask(redirectUri: string, request: SignInRequest, signal: AbortSignal): Promise<TokenEndpointResponse> {
    const silent = { ...request, prompt: 'none' };
    const { url, pending } = await beginCodeLogin(this.provider, redirectUri, silent, signal);
    if (signal.aborted) throw signal.reason;
    const frame = this.ports.openFrame(url);
    try {
      const { state } = pending;
      const answer = await popupCallbackResponse({ state, redirectUri, window: frame.window, signal }, this.ports);
      return await completeCodeLogin(this.provider, pending, answer, signal);
    } finally {
      frame.remove();
    }
  }

  private known(): string | undefined {
    return this.attempt(() => this.ports.texts.read(this.name));
  }

  private note(what: 'works' | 'blocked'): void {
    this.attempt(() => this.ports.texts.write(this.name, what));
  }

  private attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch {
      return undefined;
    }
  }
}

/** As good as can be told without the list of public suffixes: the same host, or the same last two labels. */
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
    `The provider cannot be asked in a hidden frame: ${why}. The browser probably keeps its cookies from frames.`,
    { cause, ...(oauthError !== undefined && { oauthError }) },
  );
}
