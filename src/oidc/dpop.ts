import {
  allowInsecureRequests,
  type Client,
  customFetch,
  DPoP,
  type DPoPHandle,
  generateKeyPair,
  modifyAssertion,
  protectedResourceRequest,
} from 'oauth4webapi';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { TokenSet } from '../session/token-set.js';
import type { OpenIdConnectPorts } from './ports.js';

const rememberedOrigins = 100;
/** Stands before the name of a key that the browser would not keep. */
const inMemory = 'aurelia-auth-refresh:key-in-memory:';

function newPair(): Promise<CryptoKeyPair> {
  return generateKeyPair('ES256') as Promise<CryptoKeyPair>;
}

/**
 * Proofs that the tokens' key is here (RFC 9449): a key pair that this browser made and keeps, and whose private half no script
 * can read. A stolen token is of no use without it.
 */
export class DPoPProofs implements ProofOfPossession {
  private readonly nonces = new Map<string, string>();
  private handled: Promise<DPoPHandle> | undefined;

  /** @param name what the key pair is kept under */
  constructor(
    private readonly name: string,
    private readonly client: Client,
    private readonly ports: Pick<OpenIdConnectPorts, 'keyPair' | 'texts'>,
    private readonly serverOffsetSeconds: () => number,
  ) {}

  /** For requests to the provider. Rejects where the browser cannot be asked for the key that tokens may be bound to. */
  handle(): Promise<DPoPHandle> {
    this.handled ??= this.handleOf(this.keptPair()).catch(error => {
      this.handled = undefined;
      throw error;
    });
    return this.handled;
  }

  /** The same for a sign-in, which may do with a key in memory. */
  handleForSignIn(): Promise<DPoPHandle> {
    return this.handle().catch(() => {
      this.attempt(() => this.ports.texts.write(inMemory + this.name, ''));
      this.handled ??= this.handleOf(newPair());
      return this.handled;
    });
  }

  /** Where a sign-in had to do with a key in memory, that has gone with its page, and any other will do for being told so. */
  private async keptPair(): Promise<CryptoKeyPair> {
    const { texts } = this.ports;
    try {
      const pair = await this.ports.keyPair(this.name, newPair);
      this.attempt(() => texts.remove(inMemory + this.name));
      return pair;
    } catch (error) {
      if (this.attempt(() => texts.read(inMemory + this.name)) === undefined) throw error;
      return newPair();
    }
  }

  private attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch {
      return undefined;
    }
  }

  private async handleOf(pair: Promise<CryptoKeyPair>): Promise<DPoPHandle> {
    return DPoP(this.client, await pair, { [modifyAssertion]: (_header, payload) => this.complete(payload) });
  }

  /** Adds a proof to a request to an API. */
  async prove(request: Request, { accessToken }: TokenSet): Promise<void> {
    const capture = async (_url: string, { headers }: { headers: Record<string, string> }): Promise<Response> => {
      request.headers.set('DPoP', headers['dpop'] ?? '');
      return new Response();
    };
    await protectedResourceRequest(accessToken, request.method, new URL(request.url), undefined, undefined, {
      DPoP: await this.handle(),
      [customFetch]: capture,
      [allowInsecureRequests]: true,
    });
  }

  /**
   * Whether a server asks for a proof with the nonce that it sent along; where CORS hides the challenge itself, a new nonce counts
   * as one. Keeps the nonce of any answer.
   */
  isChallenge(response: Response, { url }: { readonly url: string }): boolean {
    const nonce = response.headers.get('DPoP-Nonce');
    if (nonce === null) return false;
    const { origin } = new URL(url);
    const isNews = this.nonces.get(origin) !== nonce;
    this.nonces.delete(origin);
    this.nonces.set(origin, nonce);
    for (const oldest of this.nonces.keys()) {
      if (this.nonces.size <= rememberedOrigins) break;
      this.nonces.delete(oldest);
    }
    const challenge = response.headers.get('WWW-Authenticate');
    return response.status === 401 && (challenge === null ? isNews : /\berror="?use_dpop_nonce\b/i.test(challenge));
  }

  private complete(payload: Record<string, unknown>): void {
    const { iat, htu } = payload;
    if (typeof iat === 'number') payload['iat'] = iat + Math.round(this.serverOffsetSeconds());
    const nonce = typeof htu === 'string' ? this.nonces.get(new URL(htu).origin) : undefined;
    if (nonce !== undefined) payload['nonce'] = nonce;
  }
}
