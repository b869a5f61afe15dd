import {
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockSkew,
  clockTolerance,
  customFetch,
  type DPoPHandle,
  discoveryRequest,
  isDPoPNonceError,
  None,
  processDiscoveryResponse,
  validateApplicationLevelSignature,
} from 'oauth4webapi';
import { AuthError } from '../errors.js';
import { httpDate } from '../session/http-date.js';
import type { RefreshResponse } from '../session/refresh-grant.js';
import { bounded } from './bounded.js';
import { DPoPProofs } from './dpop.js';
import { isSecure, type ProviderMetadata, type ResolvedOptions } from './open-id-connect-options.js';
import type { OpenIdConnectPorts } from './ports.js';
import { providerError } from './provider-error.js';

/** The endpoints that the page itself is sent to, or that revoke. */
export type Endpoint = 'authorization_endpoint' | 'end_session_endpoint' | 'revocation_endpoint';

/** An answer as it came, before anything was checked. */
export interface ProviderResponse extends RefreshResponse {
  readonly headers: Headers;
  readonly serverDate: number | undefined;
}

/** A request as the protocol library has it sent. */
interface LibraryRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What one exchange with the provider works with. */
export interface Exchange {
  readonly server: ProviderMetadata;
  readonly client: Client;
  readonly authentication: ClientAuth;
  /** For the requests of the protocol library. */
  readonly http: {
    readonly signal: AbortSignal;
    readonly [customFetch]: (url: string, init: LibraryRequest) => Promise<Response>;
    readonly [allowInsecureRequests]: boolean;
  };
  /** The same, with a proof of possession where that is wanted. */
  readonly proven: Exchange['http'] & { readonly DPoP?: DPoPHandle };
  /** The latest answer. */
  answer(): ProviderResponse | undefined;
}

const asymmetric = /^(?:RS|PS|ES)(?:256|384|512)$|^Ed(?:DSA|25519)$|^ML-DSA-/;

/** The provider: what it says of itself, its keys, and the way to it. */
export class Provider {
  readonly proofs: DPoPProofs | undefined;
  private readonly authentication: ClientAuth;
  private discovered: Promise<ProviderMetadata> | undefined;
  private serverOffsetMs = 0;

  constructor(
    readonly options: ResolvedOptions,
    private readonly ports: OpenIdConnectPorts,
  ) {
    const { clientSecret, clientAuthentication, dpop, issuer, clientId } = options;
    const withSecret = clientAuthentication === 'client_secret_post' ? ClientSecretPost : ClientSecretBasic;
    this.authentication = clientSecret === undefined ? None() : withSecret(clientSecret);
    this.proofs = dpop
      ? new DPoPProofs(`${issuer} ${clientId}`, { client_id: clientId }, ports, () => this.serverOffsetMs / 1000)
      : undefined;
  }

  /**
   * The provider's metadata, fetched once for all who ask, whoever of them gives up meanwhile; again after a failure.
   *
   * @throws {AuthError} `provider_unreachable`, `untrusted_response`, `login_timed_out`
   */
  metadata(): Promise<ProviderMetadata> {
    const { timeoutSeconds: seconds } = this.options;
    const { after } = this.ports;
    this.discovered ??= bounded({ seconds, after }, signal => this.discover(signal)).catch(error => {
      this.discovered = undefined;
      throw providerError(error);
    });
    return this.discovered;
  }

  /** @throws {AuthError} `untrusted_response` for an address that must not be used */
  async endpoint(name: Endpoint): Promise<string | undefined> {
    const url = (await this.metadata())[name];
    if (url !== undefined && !isSecure(url)) throw insecure(name);
    return url;
  }

  /**
   * Does something at the provider; once more when all that was missing is the nonce it sent.
   *
   * @throws {AuthError} with the library's details left behind
   */
  exchange<T>(signal: AbortSignal, work: (exchange: Exchange) => Promise<T>): Promise<T> {
    return this.exchangeWith(signal, work, () => this.proofs?.handle());
  }

  /** The same before there are tokens, which may then be bound to whatever key there is. */
  exchangeForSignIn<T>(signal: AbortSignal, work: (exchange: Exchange) => Promise<T>): Promise<T> {
    return this.exchangeWith(signal, work, () => this.proofs?.handleForSignIn());
  }

  private async exchangeWith<T>(
    signal: AbortSignal,
    work: (exchange: Exchange) => Promise<T>,
    key: () => Promise<DPoPHandle> | undefined,
  ): Promise<T> {
    try {
      const exchange = await this.begin(signal, key);
      return await work(exchange).catch(error => {
        if (!isDPoPNonceError(error)) throw error;
        return work(exchange);
      });
    } catch (error) {
      throw providerError(error);
    }
  }

  /**
   * Checks the signature of the JWT in an answer that the library has processed, with fresh keys where those at hand do not fit.
   *
   * @throws what the library throws for a bad signature, an unknown key, and keys that could not be fetched
   */
  async checkSignature(response: Response, { server, http }: Exchange): Promise<void> {
    try {
      await validateApplicationLevelSignature(server, response, http);
    } catch {
      await validateApplicationLevelSignature({ ...server }, response, http);
    }
  }

  private async begin(signal: AbortSignal, key: () => Promise<DPoPHandle> | undefined): Promise<Exchange> {
    const server = await this.metadata();
    let answer: ProviderResponse | undefined;
    const http = this.http(signal, latest => {
      answer = latest;
    });
    const handle = await key();
    const proven = handle ? { ...http, DPoP: handle } : http;
    return { server, client: this.client(), authentication: this.authentication, http, proven, answer: () => answer };
  }

  private async discover(signal: AbortSignal): Promise<ProviderMetadata> {
    const { metadata, issuer } = this.options;
    const http = this.http(signal, () => undefined);
    const url = new URL(issuer);
    const said = metadata ?? (await processDiscoveryResponse(url, await discoveryRequest(url, http)));
    // The library compares the two as URLs; what is compared from here on, in answers and id tokens, is the text.
    if (said.issuer !== issuer) {
      const why =
        'The provider writes its issuer in another way than the configuration does. Write it as the provider does';
      throw new AuthError('untrusted_response', `${why}: issuer: '${said.issuer}'.`);
    }
    const algorithms = said.id_token_signing_alg_values_supported?.filter(name => asymmetric.test(name));
    return algorithms === undefined ? said : { ...said, id_token_signing_alg_values_supported: algorithms };
  }

  /** The skew is asked for when an answer is checked, and that very answer may have told it. */
  private client(): Client {
    const skewSeconds = () => Math.round(this.serverOffsetMs / 1000);
    return {
      client_id: this.options.clientId,
      [clockTolerance]: this.options.clockToleranceSeconds,
      get [clockSkew]() {
        return skewSeconds();
      },
    };
  }

  private http(signal: AbortSignal, onAnswer: (answer: ProviderResponse) => void): Exchange['http'] {
    return {
      signal,
      [allowInsecureRequests]: true,
      [customFetch]: async (url, { method, headers, body = null }) => {
        if (!isSecure(url)) throw insecure(url);
        const init = { method, headers, body, signal, redirect: 'error', cache: 'no-store' } as const;
        const response = await this.ports.fetch(url, init);
        this.proofs?.isChallenge(response, { url });
        const serverDate = httpDate(response.headers.get('Date') ?? '');
        if (serverDate !== undefined && method === 'POST') this.serverOffsetMs = serverDate - this.ports.wall();
        const text = await response.text();
        onAnswer(providerResponse(response, text, serverDate));
        return new Response(hasNoBody(response.status) ? null : text, response);
      },
    };
  }
}

function providerResponse(
  { status, headers }: Response,
  text: string,
  serverDate: number | undefined,
): ProviderResponse {
  const contentType = (headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return { status, headers, contentType, json: parsed(text), empty: text === '', serverDate };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function insecure(what: string): AuthError {
  return new AuthError('untrusted_response', `The provider names an address that is not https: (${what}).`);
}
