import { Container } from 'aurelia-framework';
import type { AuthProvider } from '../auth-provider.js';
import { BaseConfig } from '../base-config.js';
import { ProviderLogins } from '../provider-logins.js';
import type { Unchecked } from '../unchecked.js';
import { containerOf } from './container-of.js';
import { Popup } from './popup.js';
import { Storage } from './storage.js';

abstract class ProviderLogin {
  /** @internal */
  protected abstract readonly oauthType: string;
  /** @internal */
  private readonly container: Container;

  protected constructor(config: BaseConfig, container: Container | undefined) {
    this.container = containerOf(config, container);
  }

  /** Signs in, and resolves to a response with tokens. Does not start a session: use `AuthService.authenticate` for that. */
  open(provider: AuthProvider, userData?: object | null): Promise<Unchecked> {
    return this.logins.signIn({ ...provider, oauthType: this.oauthType }, userData ?? {}, async () => ({}));
  }

  /** Signs out at the provider. */
  close(provider: AuthProvider): Promise<Unchecked> {
    return this.logins.signOut({ ...provider, oauthType: this.oauthType }, undefined);
  }

  /** @internal */
  private get logins(): ProviderLogins {
    return this.container.get(ProviderLogins);
  }
}

/** Signs in at a provider of OAuth 1.0, without a session. */
export class OAuth1 extends ProviderLogin {
  static readonly inject = [Storage, Popup, BaseConfig, Container];

  /** @internal */
  protected readonly oauthType = '1.0';

  constructor(_storage: Storage, _popup: Popup, config: BaseConfig, container?: Container) {
    super(config, container);
  }
}

/** Signs in at a provider of OAuth 2.0, without a session. */
export class OAuth2 extends ProviderLogin {
  static readonly inject = [Storage, Popup, BaseConfig, Container];

  /** @internal */
  protected readonly oauthType = '2.0';

  constructor(_storage: Storage, _popup: Popup, config: BaseConfig, container?: Container) {
    super(config, container);
  }
}

/** Signs in with Auth0's Lock, without a session. */
export class AuthLock extends ProviderLogin {
  static readonly inject = [Storage, BaseConfig, Container];

  /** @internal */
  protected readonly oauthType = 'auth0-lock';

  constructor(_storage: Storage, config: BaseConfig, container?: Container) {
    super(config, container);
  }
}
