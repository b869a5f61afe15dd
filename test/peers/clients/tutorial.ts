import { type Client, type ClientKind, clientId, type Tokens, tokenPath } from './client.js';

const storageKey = 'session';

interface Stored {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Epoch ms. */
  readonly expiresAt: number;
}

/**
 * A typical tutorial implementation: session in localStorage; token on requests to the page's own origin, refreshed
 * before use if it has expired; one refresh and one retry after a 401; one refresh at a time; a failed refresh signs
 * out.
 */
class Tutorial implements Client {
  private session: Stored | undefined;
  private refreshing: Promise<Stored> | undefined;

  constructor() {
    const stored = localStorage.getItem(storageKey);
    if (stored !== null) this.session = JSON.parse(stored);
  }

  logIn(tokens: Tokens): Stored {
    this.session = {
      accessToken: tokens.access_token,
      refreshToken: tokens.refresh_token,
      expiresAt: Date.now() + tokens.expires_in * 1000,
    };
    localStorage.setItem(storageKey, JSON.stringify(this.session));
    return this.session;
  }

  logOut(): void {
    this.session = undefined;
    localStorage.removeItem(storageKey);
  }

  async authorize(request: Request): Promise<Request> {
    if (!this.session || new URL(request.url).origin !== location.origin) return request;
    const { accessToken } = Date.now() < this.session.expiresAt ? this.session : await this.refresh();
    request.headers.set('Authorization', `Bearer ${accessToken}`);
    return request;
  }

  async send(url: string, init?: RequestInit): Promise<Response> {
    const request = new Request(url, init);
    const again = request.clone();
    const response = await fetch(await this.authorize(request));
    if (response.status !== 401 || !this.session) return response;
    await this.refresh();
    return fetch(await this.authorize(again));
  }

  refresh(): Promise<Stored> {
    this.refreshing ??= this.refresher().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  isSignedIn(): boolean {
    return this.session !== undefined;
  }

  accessToken(): string | undefined {
    return this.session?.accessToken;
  }

  private async refresher(): Promise<Stored> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: this.session?.refreshToken ?? '',
    });
    const response = await fetch(tokenPath, { method: 'POST', body });
    if (response.ok) return this.logIn(await response.json());
    this.logOut();
    throw new Error(`The refresh failed with status ${response.status}.`);
  }
}

export const tutorial: ClientKind = { name: 'hand-written, as tutorials teach it', open: () => new Tutorial() };
