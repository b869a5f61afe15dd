import { AuthError } from '../core.js';
import { AccountRequests } from './account-requests.js';
import { AuthClient } from './auth-client.js';
import { AuthSession } from './auth-session.js';
import { BaseConfig } from './base-config.js';
import { clientParameters } from './options/refresh-options.js';
import { ProviderLogins } from './provider-logins.js';
import { type RedirectArgument, Redirects } from './redirects.js';
import type { RequestOptions } from './rest-client.js';

/** The body, the options and the redirect of a login or signup request. */
export type FormArguments = readonly [
  body: object | null | undefined,
  options: RequestOptions | null | undefined,
  redirectUri: RedirectArgument,
];

/** Starts a session with a response, unless the user signed out meanwhile. */
export type LogIn = (response: unknown) => unknown;

/** Takes over a response that signs in, by calling `logIn` with it. */
export type Enter = (response: unknown, logIn: LogIn) => void;

/** Signs users in with credentials, by signup or at a provider, and redirects after that. */
export class SignIns {
  static readonly inject = [AuthSession, AuthClient, ProviderLogins, AccountRequests, BaseConfig, Redirects];

  constructor(
    private readonly authSession: AuthSession,
    private readonly client: AuthClient,
    private readonly providers: ProviderLogins,
    private readonly account: AccountRequests,
    private readonly config: BaseConfig,
    private readonly redirects: Redirects,
  ) {}

  /** Signs in with credentials. Without any, redirects to the OpenID provider, if there is one. */
  async login([credentials, options, redirectUri]: FormArguments, enter: Enter): Promise<unknown> {
    const { session, provider } = this.authSession;
    if (!credentials && provider) return provider.signInByRedirect(this.redirects.destination(redirectUri));
    const logIn = session.beginLogIn();
    const response = await this.client.post(this.config.loginUrl, {
      body: loginBody(credentials, clientParameters(this.config)),
      options: this.config.getOptionsForTokenRequests(options),
      auth: false,
    });
    enter(response, logIn);
    this.redirects.afterLogin(redirectUri);
    return response;
  }

  /** Registers a user, and signs the user in if `loginOnSignup` is on. */
  async signup([body, options, redirectUri]: FormArguments, enter: Enter): Promise<unknown> {
    const logIn = this.authSession.session.beginLogIn();
    const response = await this.client.post(this.config.signupUrl, { body, options, auth: false });
    if (this.config.loginOnSignup) enter(response, logIn);
    this.redirects.afterSignup(redirectUri);
    return response;
  }

  /** Signs in at a provider of the configuration, by popup or redirect. */
  async atProvider(name: string, redirectUri: RedirectArgument, userData: object, enter: Enter): Promise<unknown> {
    const { session, epoch } = this.authSession;
    if (this.providers.isByRedirect(name)) {
      const returnTo = this.redirects.returnAddress(redirectUri);
      await this.providers.redirectToProvider({ provider: name, returnTo, userData, epoch });
      return undefined;
    }
    let logIn: LogIn = response => session.logIn(response);
    const response = await this.providers.signIn(name, userData, path => {
      logIn = session.beginLogIn();
      return this.account.linkingOptions(path, epoch);
    });
    enter(response, logIn);
    this.redirects.afterLogin(redirectUri);
    return response;
  }

  /** Signs in at the OpenID provider, by popup. */
  async atOpenIdProvider(redirectUri: RedirectArgument): Promise<undefined> {
    const { session, provider } = this.authSession;
    if (!provider) throw new AuthError('invalid_configuration', 'authenticate() needs the name of a provider.');
    const { returnTo } = await provider.signInByPopup(session, this.redirects.destination(redirectUri));
    this.redirects.forgetTarget();
    this.redirects.afterLogin(redirectUri, returnTo);
  }
}

/** Credentials that are no object are not sent. */
function loginBody(credentials: object | null | undefined, parameters: object): object | undefined {
  const isForm = credentials instanceof FormData || credentials instanceof URLSearchParams;
  const fields = isForm ? Object.fromEntries(credentials) : credentials;
  if (Object.keys(parameters).length > 0) return { ...fields, ...parameters };
  return typeof fields === 'object' && fields !== null ? fields : undefined;
}
