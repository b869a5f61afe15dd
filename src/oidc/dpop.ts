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
import { attempt } from '../session/attempt.js';
import type { ProofOfPossession } from '../session/proof-of-possession.js';
import type { TokenSet } from '../session/token-set.js';
import type { OpenIdConnectPorts } from './ports.js';

const maxNonces = 100;
/** Prefix of the name of a key that the browser did not store. */
const inMemory = 'aurelia-auth-refresh:key-in-memory:';

function newPair(): Promise<CryptoKeyPair> {
  return generateKeyPair('ES256') as Promise<CryptoKeyPair>;
}

/**
 * Creates DPoP proofs (RFC 9449) with a key pair of this browser. Scripts cannot read the private key, so a stolen token is
 * useless elsewhere.
 */
export class DPoPProofs implements ProofOfPossession {
  private readonly nonces = new Map<string, string>();
  private cachedHandle: Promise<DPoPHandle> | undefined;

  /** @param name name of the key pair in the browser's storage */
  constructor(
    private readonly name: string,
    private readonly client: Client,
    private readonly ports: Pick<OpenIdConnectPorts, 'keyPair' | 'storage'>,
    private readonly serverOffsetSeconds: () => number,
  ) {}

  /** Returns the key for requests to the provider. Rejects if the browser denies access to the key that tokens are bound to. */
  handle(): Promise<DPoPHandle> {
    this.cachedHandle ??= this.handleOf(this.keptPair()).catch(error => {
      this.cachedHandle = undefined;
      throw error;
    });
    return this.cachedHandle;
  }

  /** Returns the key for a sign-in. Generates one in memory if the browser denies access. */
  handleForSignIn(): Promise<DPoPHandle> {
    return this.handle().catch(() => {
      attempt(() => this.ports.storage.write(inMemory + this.name, ''), undefined);
      this.cachedHandle ??= this.handleOf(newPair());
      return this.cachedHandle;
    });
  }

  /** A key in memory is lost with its page. The provider then refuses the refresh, whichever new key signs it. */
  private async keptPair(): Promise<CryptoKeyPair> {
    const { storage } = this.ports;
    try {
      const pair = await this.ports.keyPair(this.name, newPair);
      attempt(() => storage.remove(inMemory + this.name), undefined);
      return pair;
    } catch (error) {
      if (attempt(() => storage.read(inMemory + this.name), undefined) === undefined) throw error;
      return newPair();
    }
  }

  private async handleOf(pair: Promise<CryptoKeyPair>): Promise<DPoPHandle> {
    return DPoP(this.client, await pair, { [modifyAssertion]: (_header, payload) => this.complete(payload) });
  }

  /** Adds a proof to an API request. */
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
   * Whether a response requires a proof with its `DPoP-Nonce`. Stores the nonce of every response. If CORS hides
   * `WWW-Authenticate`, a new nonce counts as a challenge.
   */
  isChallenge(response: Response, { url }: { readonly url: string }): boolean {
    const nonce = response.headers.get('DPoP-Nonce');
    if (nonce === null) return false;
    const { origin } = new URL(url);
    const isNew = this.nonces.get(origin) !== nonce;
    this.nonces.delete(origin);
    this.nonces.set(origin, nonce);
    for (const oldest of this.nonces.keys()) {
      if (this.nonces.size <= maxNonces) break;
      this.nonces.delete(oldest);
    }
    const challenge = response.headers.get('WWW-Authenticate');
    return response.status === 401 && (challenge === null ? isNew : /\berror="?use_dpop_nonce\b/i.test(challenge));
  }

  private complete(payload: Record<string, unknown>): void {
    const { iat, htu } = payload;
    if (typeof iat === 'number') payload['iat'] = iat + Math.round(this.serverOffsetSeconds());
    const nonce = typeof htu === 'string' ? this.nonces.get(new URL(htu).origin) : undefined;
    if (nonce !== undefined) payload['nonce'] = nonce;
  }
}
