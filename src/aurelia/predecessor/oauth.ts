import type { AuthProvider } from '../auth-provider.js';
import { ProviderLogins } from '../provider-logins.js';

abstract class ProviderLogin {
  static readonly inject = [ProviderLogins];

  constructor(private readonly logins: ProviderLogins) {}

  protected abstract readonly oauthType: string;

  /** Signs in, and resolves to an answer with tokens. Nothing is done with them here: `AuthService.authenticate` does. */
  open(provider: AuthProvider, userData: object = {}): Promise<unknown> {
    return this.logins.signIn({ ...provider, oauthType: this.oauthType }, userData, async () => ({}));
  }

  /** Signs out at the provider. */
  close(provider: AuthProvider): Promise<unknown> {
    return this.logins.signOut({ ...provider, oauthType: this.oauthType }, undefined);
  }
}

/** Sign-in at a provider of OAuth 1.0, without `AuthService`. */
export class OAuth1 extends ProviderLogin {
  protected readonly oauthType = '1.0';
}

/** Sign-in at a provider of OAuth 2.0, without `AuthService`. */
export class OAuth2 extends ProviderLogin {
  protected readonly oauthType = '2.0';
}

/** Sign-in by Auth0's Lock, without `AuthService`. */
export class AuthLock extends ProviderLogin {
  protected readonly oauthType = 'auth0-lock';
}
