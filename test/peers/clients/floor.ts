import { type Client, type ClientKind, clientId, type Tokens, tokenPath } from './client.js';

/** Minimal client: sets the header on every request; one shared refresh after expiry. */
class Floor implements Client {
  protected header = '';
  protected expiresAt = 0;
  private refreshToken = '';
  private refreshing: Promise<void> | undefined;

  constructor() {
    const stored = localStorage.getItem('hand-written');
    if (stored !== null) Object.assign(this, JSON.parse(stored));
  }

  logIn({ access_token, refresh_token, expires_in }: Tokens): void {
    this.header = `Bearer ${access_token}`;
    this.refreshToken = refresh_token;
    this.expiresAt = Date.now() + expires_in * 1000;
    const { header, refreshToken, expiresAt } = this;
    localStorage.setItem('hand-written', JSON.stringify({ header, refreshToken, expiresAt }));
  }

  logOut(): void {
    this.header = '';
    localStorage.removeItem('hand-written');
  }

  authorize(request: Request): Request | Promise<Request> {
    request.headers.set('Authorization', this.header);
    return request;
  }

  async send(url: string, init?: RequestInit): Promise<Response> {
    if (Date.now() >= this.expiresAt) await this.refresh();
    return fetch(await this.authorize(new Request(url, init)));
  }

  refresh(): Promise<void> {
    this.refreshing ??= this.refresher().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  isSignedIn(): boolean {
    return this.header !== '';
  }

  accessToken(): string | undefined {
    return this.header.slice('Bearer '.length) || undefined;
  }

  private async refresher(): Promise<void> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: this.refreshToken,
    });
    this.logIn(await (await fetch(tokenPath, { method: 'POST', body })).json());
  }
}

/** Minimal client that sends the token only to the page's own origin, and never an expired one. */
export class CheckedFloor extends Floor {
  private readonly prefix = `${location.origin}/`;

  override authorize(request: Request): Request | Promise<Request> {
    if (!request.url.startsWith(this.prefix)) return request;
    if (Date.now() >= this.expiresAt) return this.refresh().then(() => super.authorize(request));
    request.headers.set('Authorization', this.header);
    return request;
  }
}

export const floor: ClientKind = { name: 'hand-written', open: () => new Floor() };
export const checkedFloor: ClientKind = {
  name: 'hand-written, expiry and origin checked',
  open: () => new CheckedFloor(),
};
