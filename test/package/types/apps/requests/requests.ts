import { AuthService, FetchConfig } from 'aurelia-authentication';
import { HttpClient, json } from 'aurelia-fetch-client';
import { autoinject } from 'aurelia-framework';

interface Claims {
  sub: string;
  roles: string[];
}

@autoinject()
export class Requests {
  user: Claims | null = null;

  constructor(
    private http: HttpClient,
    private auth: AuthService,
    fetchConfig: FetchConfig,
  ) {
    http.configure(config => {
      config
        .withBaseUrl('/api/')
        .withDefaults({ credentials: 'same-origin', headers: { Accept: 'application/json' } })
        .withInterceptor({
          response: response => {
            if (response.status === 401) {
              auth.setResponseObject(null as any);
            }
            return response;
          },
        });
    });
    fetchConfig.configure(http);
  }

  async save(order: object) {
    const response = await this.http.fetch('orders', { method: 'post', body: json(order) });
    const body: { id: string } = await response.json();
    return body.id;
  }

  refresh(): Promise<any> {
    return this.auth
      .updateToken()
      .then(ok => (ok ? this.auth.getAccessToken() : null))
      .catch(error => console.error(error.message));
  }

  readClaims() {
    this.user = this.auth.getTokenPayload() as Claims;
    const idClaims = this.auth.getIdTokenPayload() as { email: string };
    const token: string = this.auth.getAccessToken();
    const refreshToken: string = this.auth.getRefreshToken();
    const expired: boolean = this.auth.isTokenExpired();
    return [this.user.roles.join(), idClaims.email, token.length, refreshToken.length, expired];
  }
}
