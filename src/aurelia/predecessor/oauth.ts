import type { AuthProvider } from '../auth-provider.js';
import { ProviderLogins } from '../provider-logins.js';

abstract class ProviderLogin {
  static readonly inject = [ProviderLogins];

  constructor(private readonly logins: ProviderLogins) {}

  protected abstract readonly oauthType: string;

  /** Signs in, and resolves to a response with tokens. Does not start a session: use `AuthService.authenticate` for that. */
  open(provider: AuthProvider, userData?: object | null): Promise<unknown> {
    return this.logins.signIn({ ...provider, oauthType: this.oauthType }, userData ?? {}, async () => ({}));
  }

  /** Signs out at the provider. */
  close(provider: AuthProvider): Promise<unknown> {
    return this.logins.signOut({ ...provider, oauthType: this.oauthType }, undefined);
  }
}

/** Signs in at a provider of OAuth 1.0, without a session. */
export class OAuth1 extends ProviderLogin {
  protected readonly oauthType = '1.0';
}

/** Signs in at a provider of OAuth 2.0, without a session. */
export class OAuth2 extends ProviderLogin {
  protected readonly oauthType = '2.0';
}

/** Signs in with Auth0's Lock, without a session. */
export class AuthLock extends ProviderLogin {
  protected readonly oauthType = 'auth0-lock';
}
