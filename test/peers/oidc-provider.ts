import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, {
  type Adapter,
  type AdapterPayload,
  type ClientMetadata,
  type Configuration,
  interactionPolicy,
} from 'oidc-provider';
import { completeInteraction, requireRequestedAcr } from './oidc-provider-acr.js';

export interface ProviderOptions {
  /** Origin of the relying party. */
  readonly app: string;
  readonly accessTokenSeconds?: number;
  /** Issues refresh tokens that rotate at each use. @default true */
  readonly refreshTokens?: boolean;
  /** Binds tokens to the client's key, and requires DPoP nonces. */
  readonly dpop?: boolean;
  readonly pushedRequests?: boolean;
  /** Sends a COOP header that severs windows from their opener. */
  readonly isolatesWindows?: boolean;
  /** Sends a front-channel logout frame with the next page; oidc-provider has no such page. */
  readonly frontChannelLogout?: boolean;
  /** Signs users in without pages, with the authentication context class that the request asks for. */
  readonly authenticationClasses?: boolean;
  /** Host name in the issuer. @default 'localhost' */
  readonly host?: 'localhost' | '127.0.0.1';
}

export interface SeenTokenRequest {
  readonly grantType: string;
  status: number;
}

export const api = 'https://api.example';

/** A real OpenID provider, `oidc-provider`, with its own pages for sign-in, consent and sign-out. */
export class PeerProvider {
  readonly tokenRequests: SeenTokenRequest[] = [];
  private database = new Map<string, AdapterPayload>();
  private isDatabaseDown = false;
  private server: Server | undefined;
  private port = 0;
  /** The session that a user ended last, as named in id tokens. */
  private signedOut: string | undefined;

  private constructor(private readonly options: ProviderOptions) {}

  static async start(options: ProviderOptions): Promise<PeerProvider> {
    const peer = new PeerProvider(options);
    await peer.open();
    return peer;
  }

  get issuer(): string {
    return `http://${this.options.host ?? 'localhost'}:${this.port}`;
  }

  /** Number of executed refreshes. */
  get refreshes(): number {
    return this.tokenRequests.filter(({ grantType, status }) => grantType === 'refresh_token' && status === 200).length;
  }

  /** Replaces the machine: the address stays; keys are new, and so are sessions and grants unless they are kept. */
  async restart({ keepsData }: { readonly keepsData: boolean }): Promise<void> {
    await this.close();
    if (!keepsData) this.database = new Map();
    await this.open();
  }

  /** Revokes all grants of a user, as an administrator does. */
  revokeGrants(): void {
    for (const name of [...this.database.keys()]) if (/^(?:Grant|RefreshToken):/.test(name)) this.database.delete(name);
  }

  /** Ends all provider sessions, as after a long time. */
  endSessions(): void {
    for (const name of [...this.database.keys()]) if (name.startsWith('Session:')) this.database.delete(name);
  }

  /** Every access to the database fails until {@link PeerProvider.mendDatabase}. */
  breakDatabase(): void {
    this.isDatabaseDown = true;
  }

  mendDatabase(): void {
    this.isDatabaseDown = false;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise(resolve => server?.close(resolve) ?? resolve(undefined));
  }

  private async open(): Promise<void> {
    const configuration = await this.configuration();
    const server = createServer();
    await new Promise<void>(resolve => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    const provider = new Provider(this.issuer, configuration);
    provider.on('end_session.success', ({ oidc }) => {
      this.signedOut = oidc.session?.sidFor('shop');
    });
    const handle = provider.callback();
    server.on('request', (request, response) => {
      if (this.options.isolatesWindows) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      if (request.url === '/token' && request.method === 'POST') {
        const chunks: Buffer[] = [];
        request.on('data', chunk => chunks.push(chunk));
        response.on('finish', () => {
          const grantType = new URLSearchParams(Buffer.concat(chunks).toString()).get('grant_type') ?? '';
          this.tokenRequests.push({ grantType, status: response.statusCode });
        });
      }
      if (request.url?.startsWith('/interaction/') && this.options.authenticationClasses)
        return void completeInteraction(provider, request, response);
      handle(request, response);
    });
    this.server = server;
  }

  private async configuration(): Promise<Configuration> {
    const { app, accessTokenSeconds = 60, refreshTokens = true, dpop = false, pushedRequests = false } = this.options;
    const { frontChannelLogout = false, authenticationClasses = false } = this.options;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const client: ClientMetadata = {
      client_id: 'shop',
      token_endpoint_auth_method: 'none',
      grant_types: refreshTokens ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
      response_types: ['code'],
      redirect_uris: [`${app}/`, `${app}/signed-in`, `${app}/callback.html`],
      post_logout_redirect_uris: [`${app}/`],
      dpop_bound_access_tokens: dpop,
      // Id tokens contain `sid` only with this setting.
      ...(frontChannelLogout && { backchannel_logout_uri: `${app}/`, backchannel_logout_session_required: true }),
    };
    const { database } = this;
    return {
      adapter: name =>
        new MapAdapter(name, () => {
          if (this.isDatabaseDown) throw new Error('The database is down.');
          return database;
        }),
      clients: [client],
      findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
      clientBasedCORS: (_context, origin) => origin === app,
      cookies: { keys: ['a key for tests'] },
      jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: `key ${Math.random()}` }] },
      issueRefreshToken: () => refreshTokens,
      ...(authenticationClasses && {
        acrValues: ['silver', 'gold'],
        interactions: {
          policy: requireRequestedAcr(interactionPolicy.base()),
          url: (_context, { uid }) => `/interaction/${uid}`,
        },
        extraTokenClaims: ({ oidc }) => ({ acr: (oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken)?.acr }),
      }),
      rotateRefreshToken: true,
      pkce: { required: () => true },
      ttl: {
        AccessToken: accessTokenSeconds,
        Grant: 3600,
        IdToken: 60,
        Interaction: 60,
        RefreshToken: 600,
        Session: 3600,
      },
      features: {
        devInteractions: { enabled: !authenticationClasses },
        revocation: { enabled: true },
        backchannelLogout: { enabled: frontChannelLogout },
        ...(frontChannelLogout && {
          rpInitiatedLogout: {
            postLogoutSuccessSource: context => {
              const told = new URLSearchParams({ iss: this.issuer, sid: this.signedOut ?? '' });
              context.body = `<h1>Signed out</h1><iframe src="${app}/front-channel-logout.html?${told}"></iframe>`;
            },
          },
        }),
        pushedAuthorizationRequests: { enabled: pushedRequests },
        dPoP: dpop ? { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true } : { enabled: false },
        resourceIndicators: {
          enabled: true,
          defaultResource: () => api,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: 'orders',
            audience: api,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'RS256' } },
          }),
        },
      },
    };
  }
}

/** All provider data in one map, so that a new provider can start with the data of another one. */
class MapAdapter implements Adapter {
  constructor(
    private readonly name: string,
    private readonly connect: () => Map<string, AdapterPayload>,
  ) {}

  private get database(): Map<string, AdapterPayload> {
    return this.connect();
  }

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.database.set(`${this.name}:${id}`, { ...payload });
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const found = this.database.get(`${this.name}:${id}`);
    return found && { ...found };
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.all().find(payload => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.all().find(payload => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = this.database.get(`${this.name}:${id}`);
    if (payload) payload['consumed'] = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    this.database.delete(`${this.name}:${id}`);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [name, payload] of this.database) if (payload.grantId === grantId) this.database.delete(name);
  }

  private all(): AdapterPayload[] {
    return [...this.database].filter(([name]) => name.startsWith(`${this.name}:`)).map(([, payload]) => payload);
  }
}
