import { type HttpClient, IHttpClient, RetryStrategy } from '@aurelia/fetch-client';
import { Aurelia } from 'aurelia';
import { type Client, type ClientKind, clientId, type Tokens, tokenPath } from './client.js';

/**
 * The "token-aware API client" of the documentation of Aurelia 2: an interceptor adds the token, refreshes after a 401 and sends the
 * request again. The documentation leaves the store of the tokens to the app.
 */
class Recipe implements Client {
  private readonly http: IHttpClient;

  /** @param isPrinted whether the interceptors have the order of the documentation, which the client rejects */
  constructor(isPrinted = false) {
    const { container } = new Aurelia();
    this.http = container.get(IHttpClient);
    this.http.configure(config => {
      config.withBaseUrl(location.origin);
      if (isPrinted) config.withRetry(retry);
      else config.rejectErrorResponses();
      config.withInterceptor({
        request: request => this.authorize(request),
        responseError: async (error, request, client) => {
          if ((error as Response).status !== 401) throw error;
          await this.refresh();
          return (client as HttpClient).fetch(request as Request);
        },
      });
      return isPrinted ? config.rejectErrorResponses() : config.withRetry(retry);
    });
  }

  logIn({ access_token, refresh_token }: Tokens): void {
    localStorage.setItem('token', access_token);
    localStorage.setItem('refreshToken', refresh_token);
  }

  logOut(): void {
    localStorage.removeItem('token');
    localStorage.removeItem('refreshToken');
  }

  authorize(request: Request): Request {
    request.headers.set('Authorization', `Bearer ${this.accessToken()}`);
    return request;
  }

  /** `rejectErrorResponses()` throws responses. */
  send(url: string, init?: RequestInit): Promise<Response> {
    return this.http.fetch(url, init).catch(error => {
      if (error instanceof Response) return error;
      throw error;
    });
  }

  async refresh(): Promise<void> {
    const body = {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: localStorage.getItem('refreshToken'),
    };
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(tokenPath, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status === 400 || response.status === 401) this.logOut();
    if (!response.ok) throw new Error(`The refresh failed with status ${response.status}.`);
    this.logIn(await response.json());
  }

  isSignedIn(): boolean {
    return this.accessToken() !== undefined;
  }

  accessToken(): string | undefined {
    return localStorage.getItem('token') ?? undefined;
  }
}

const retry = {
  maxRetries: 3,
  strategy: RetryStrategy.exponential,
  interval: 2000,
  doRetry: (response: Response) => response.status >= 500,
};

export const aurelia2Recipe: ClientKind = {
  name: 'the recipe of Aurelia 2',
  open: () => new Recipe(),
  openAsPrinted: () => new Recipe(true),
};
