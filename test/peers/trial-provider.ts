import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { HostileServer, Received, Reply } from '../support/hostile-server.js';
import { clientId, tokenPath } from './clients/client.js';

interface Grant {
  readonly subject: string;
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...createPublicKey(privateKey).export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' };

/** The OpenID provider of a comparison server: signs in the user of the trial, without pages, by the code flow with PKCE. */
export class TrialProvider {
  /** The user who is signed in at the provider. */
  private subject: string | undefined;
  /** Token response for the next code of a new session. */
  private next: Record<string, unknown> | undefined;
  private readonly grants = new Map<string, Grant>();

  constructor(private readonly server: HostileServer) {
    server.responders.push(request => this.respond(request));
  }

  /** Signs a user in. Returns the token response, which a client gets for its next code as well. */
  logIn(subject: string): Record<string, unknown> {
    this.subject = subject;
    this.next = this.server.tokens.logIn(subject);
    return this.withIdToken(this.next);
  }

  /** An id token that any client can verify, and a refresh token that looks like a JWT. */
  withIdToken(body: Record<string, unknown>, nonce?: string): Record<string, unknown> {
    const now = Math.floor(this.server.now() / 1000);
    const sub = subjectOf(String(body['access_token']));
    const claims = { iss: this.issuer, aud: clientId, sub, iat: now, exp: now + 36_000, nonce };
    const content = [{ alg: 'RS256', typ: 'JWT', kid: '1' }, claims].map(base64url).join('.');
    const signature = sign('RSA-SHA256', Buffer.from(content), privateKey).toString('base64url');
    const { refresh_token } = body;
    return {
      ...body,
      ...(typeof refresh_token === 'string' && { refresh_token: `${refresh_token}.e30.signature` }),
      id_token: `${content}.${signature}`,
      user: { id: sub },
    };
  }

  private get issuer(): string {
    return `${this.server.origin}/`;
  }

  private respond({ method, path, headers, body }: Received): Reply | undefined {
    const { pathname, searchParams } = new URL(path, this.server.origin);
    switch (pathname) {
      case '/.well-known/openid-configuration':
        return json(this.metadata());
      case '/jwks':
        return json({ keys: [jwk] });
      case '/userinfo':
        return json({ sub: subjectOf(headers.authorization ?? '') });
      case '/authorize':
        return this.authorize(searchParams);
      case '/end-session':
        return this.endSession(searchParams);
      case '/silent-check-sso.html':
        return { status: 200, headers: { 'Content-Type': 'text/html' }, body: silentCheckSso };
      case tokenPath:
        return method === 'POST' ? this.exchange(formOf(body)) : undefined;
      default:
        return undefined;
    }
  }

  private metadata() {
    const { origin } = this.server;
    return {
      issuer: this.issuer,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: origin + tokenPath,
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/jwks`,
      end_session_endpoint: `${origin}/end-session`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  private authorize(request: URLSearchParams): Reply {
    const response = new URLSearchParams({ state: request.get('state') ?? '' });
    if (this.subject === undefined) {
      response.set('error', 'login_required');
    } else {
      const code = randomUUID();
      const [nonce, challenge] = ['nonce', 'code_challenge'].map(name => request.get(name) ?? undefined);
      this.grants.set(code, { subject: this.subject, nonce, challenge });
      response.set('code', code);
    }
    const target = new URL(request.get('redirect_uri') ?? this.issuer);
    if (request.get('response_mode') === 'fragment') target.hash = response.toString();
    else for (const [name, value] of response) target.searchParams.set(name, value);
    return redirect(target.href);
  }

  private endSession(request: URLSearchParams): Reply {
    this.subject = undefined;
    const target = new URL(request.get('post_logout_redirect_uri') ?? this.issuer);
    const state = request.get('state');
    if (state !== null) target.searchParams.set('state', state);
    return redirect(target.href);
  }

  private exchange(request: URLSearchParams): Reply | undefined {
    if (request.get('grant_type') !== 'authorization_code') return undefined;
    const code = request.get('code') ?? '';
    const grant = this.grants.get(code);
    this.grants.delete(code);
    const verifier = createHash('sha256')
      .update(request.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || (grant.challenge !== undefined && grant.challenge !== verifier))
      return json({ error: 'invalid_grant' }, 400);
    const tokens = this.next ?? this.server.tokens.logIn(grant.subject);
    this.next = undefined;
    return json(this.withIdToken(tokens, grant.nonce));
  }
}

/** The page that the documentation of keycloak-js prints. */
const silentCheckSso = '<script>parent.postMessage(location.href, location.origin)</script>';

function json(body: unknown, status = 200): Reply {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  return { status, headers, body: JSON.stringify(body) };
}

function redirect(to: string): Reply {
  return { status: 302, headers: { Location: to } };
}

function formOf(body: Buffer): URLSearchParams {
  const text = body.toString();
  return new URLSearchParams(text.startsWith('{') ? JSON.parse(text) : text);
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function subjectOf(accessToken: string): string {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sub;
}
