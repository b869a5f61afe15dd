/** Changes to the responses of a correct provider. */
export interface Overrides {
  /** Changes an id token before it is signed. */
  idToken?: (claims: Record<string, unknown>, header: Record<string, unknown>) => void;
  /** Algorithm or key of the id token. @default 'RS256' */
  signature?: 'RS256' | 'ES256' | 'HS256' | 'none' | 'by another key';
  /** Changes the authorization response. */
  authorizationResponse?: (parameters: URLSearchParams) => void;
  metadata?: (metadata: Record<string, unknown>) => void;
  keys?: (keys: Record<string, unknown>[]) => Record<string, unknown>[];
  /** Changes a successful token response. */
  tokens?: (body: Record<string, unknown>) => void;
  userInfo?: (claims: Record<string, unknown>) => void;
  /** Responds in place of the provider. */
  respond?: (request: Request) => Response | undefined | Promise<Response | undefined>;
}

interface Code {
  readonly parameters: URLSearchParams;
  readonly challenge: string;
}

export const issuer = 'https://provider.example';
export const clientId = 'shop';

/** An OpenID provider as a `fetch` and an `authorize`. Correct except for its {@link HostileProvider.overrides}. */
export class HostileProvider {
  overrides: Overrides = {};
  /** User who is signed in at the provider. */
  subject: string | undefined = 'ann';
  accessTokenLifetimeSeconds = 100;
  readonly requests: { readonly path: string; readonly body: URLSearchParams; readonly headers: Headers }[] = [];
  private readonly codes = new Map<string, Code>();
  private readonly refreshTokens = new Map<string, { readonly subject: string; readonly nonce: string | null }>();
  private count = 0;
  private generation = 0;

  /** Signs with a new key from now on, and publishes only that one. */
  rotateKeys(): void {
    this.generation++;
  }

  /** Handles an authorization request. Returns the URL that it redirects to. */
  authorize(url: string): string {
    const requested = new URL(url).searchParams;
    const reference = requested.get('request_uri');
    const parameters = reference ? new URLSearchParams(this.pushed.get(reference)) : requested;
    const back = new URL(parameters.get('redirect_uri') ?? '');
    const response = new URLSearchParams({ state: parameters.get('state') ?? '', iss: issuer });
    if (this.subject === undefined && parameters.get('prompt') === 'none') response.set('error', 'login_required');
    else {
      const code = `code-${this.count++}`;
      this.codes.set(code, { parameters, challenge: parameters.get('code_challenge') ?? '' });
      response.set('code', code);
    }
    this.overrides.authorizationResponse?.(response);
    if (parameters.get('response_mode') === 'fragment') return `${back.href}#${response}`;
    for (const [name, value] of response) back.searchParams.append(name, value);
    return back.href;
  }

  requestedPaths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  fetch = async (input: string, init: RequestInit): Promise<Response> => {
    const request = new Request(input, { ...init, signal: null });
    const { pathname } = new URL(request.url);
    const body = new URLSearchParams(await request.clone().text());
    this.requests.push({ path: pathname, body, headers: request.headers });
    return (await this.overrides.respond?.(request)) ?? this.respond(pathname, body, request.headers);
  };

  private readonly pushed = new Map<string, string>();

  private async respond(path: string, body: URLSearchParams, headers: Headers): Promise<Response> {
    switch (path) {
      case '/.well-known/openid-configuration':
        return json(this.metadata());
      case '/jwks':
        return json({ keys: await this.publicKeys() });
      case '/par': {
        const reference = `urn:ietf:params:oauth:request_uri:${this.count++}`;
        this.pushed.set(reference, body.toString());
        return json({ request_uri: reference, expires_in: 60 }, 201);
      }
      case '/token':
        return this.token(body);
      case '/userinfo':
        return this.userInfo(headers);
      case '/revoke':
        return new Response('');
      default:
        return json({ error: 'not_found' }, 404);
    }
  }

  private metadata(): Record<string, unknown> {
    const metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      userinfo_endpoint: `${issuer}/userinfo`,
      revocation_endpoint: `${issuer}/revoke`,
      end_session_endpoint: `${issuer}/logout`,
      id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256', 'none'],
      authorization_response_iss_parameter_supported: true,
    };
    this.overrides.metadata?.(metadata);
    return metadata;
  }

  private async token(body: URLSearchParams): Promise<Response> {
    if (body.get('grant_type') === 'refresh_token') {
      const presented = body.get('refresh_token') ?? '';
      const grant = this.refreshTokens.get(presented);
      this.refreshTokens.delete(presented);
      return grant ? this.tokens(grant.subject, null) : json({ error: 'invalid_grant' }, 400);
    }
    const code = this.codes.get(body.get('code') ?? '');
    this.codes.delete(body.get('code') ?? '');
    const verifier = await digest(body.get('code_verifier') ?? '');
    if (!code || verifier !== code.challenge) return json({ error: 'invalid_grant' }, 400);
    return this.tokens(this.subject ?? 'ann', code.parameters.get('nonce'));
  }

  private async tokens(subject: string, nonce: string | null): Promise<Response> {
    const refreshToken = `refresh-${this.count++}`;
    this.refreshTokens.set(refreshToken, { subject, nonce });
    const body: Record<string, unknown> = {
      access_token: `access-${this.count++}`,
      token_type: 'Bearer',
      expires_in: this.accessTokenLifetimeSeconds,
      refresh_token: refreshToken,
      id_token: await this.idToken(subject, nonce),
    };
    this.overrides.tokens?.(body);
    return json(body);
  }

  private async idToken(subject: string, nonce: string | null): Promise<string> {
    const { signature = 'RS256', idToken } = this.overrides;
    const now = Math.floor(Date.now() / 1000);
    const claims: Record<string, unknown> = { iss: issuer, sub: subject, aud: clientId, iat: now, exp: now + 300 };
    if (nonce !== null) claims['nonce'] = nonce;
    const algorithm = signature === 'by another key' ? 'RS256' : signature;
    const key = signature === 'by another key' ? 'stranger' : String(this.generation);
    const header: Record<string, unknown> = { alg: algorithm, kid: `${algorithm} ${key}` };
    idToken?.(claims, header);
    const signed = `${encoded(header)}.${encoded(claims)}`;
    if (algorithm === 'none') return `${signed}.`;
    const { privateKey } = await keyPair(algorithm, key);
    const bytes = new TextEncoder().encode(signed);
    return `${signed}.${base64url(await crypto.subtle.sign(signing[algorithm], privateKey, bytes))}`;
  }

  private async publicKeys(): Promise<Record<string, unknown>[]> {
    const keys = await Promise.all(
      (['RS256', 'ES256'] as const).map(async algorithm => {
        const { publicKey } = await keyPair(algorithm, String(this.generation));
        const { key_ops: _ops, ext: _ext, ...jwk } = await crypto.subtle.exportKey('jwk', publicKey);
        return { ...jwk, kid: `${algorithm} ${this.generation}`, use: 'sig', alg: algorithm };
      }),
    );
    return this.overrides.keys?.(keys) ?? keys;
  }

  private userInfo(headers: Headers): Response {
    if (!headers.get('Authorization')?.startsWith('Bearer access-')) return json({ error: 'invalid_token' }, 401);
    const claims = { sub: this.subject, name: 'Ann', email: 'ann@example.com' };
    this.overrides.userInfo?.(claims);
    return json(claims);
  }
}

const signing = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  HS256: { name: 'HMAC' },
} as const;

const pairs = new Map<string, Promise<{ privateKey: CryptoKey; publicKey: CryptoKey }>>();

/** Generated once for all specs, because RSA keys are slow. */
function keyPair(algorithm: 'RS256' | 'ES256' | 'HS256', name: string) {
  const id = `${algorithm} ${name}`;
  const pair = pairs.get(id) ?? generated(algorithm);
  pairs.set(id, pair);
  return pair;
}

async function generated(algorithm: 'RS256' | 'ES256' | 'HS256') {
  if (algorithm === 'HS256') {
    const secret = new TextEncoder().encode(clientId);
    const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return { privateKey: key, publicKey: key };
  }
  const parameters =
    algorithm === 'ES256'
      ? { name: 'ECDSA', namedCurve: 'P-256' }
      : {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          modulusLength: 2048,
          publicExponent: new Uint8Array([1, 0, 1]),
        };
  return crypto.subtle.generateKey(parameters, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });
}

async function digest(text: string): Promise<string> {
  return base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function encoded(value: unknown): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)).buffer);
}

function base64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}
