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
import { loginTimedOut } from '../callback/relayed-callback.js';
import { AuthError } from '../errors.js';
import { httpDate } from '../session/http-date.js';
import { type RefreshResponse, refreshResponse } from '../session/refresh-response.js';
import { timeLimit, whenAborted } from '../session/time-limit.js';
import { DPoPProofs } from './dpop.js';
import { isSecure, type ProviderMetadata, type ResolvedOptions } from './open-id-connect-options.js';
import type { OpenIdConnectPorts } from './ports.js';
import { providerError } from './provider-error.js';

/** Endpoints that the protocol library does not call. */
export type Endpoint = 'authorization_endpoint' | 'end_session_endpoint' | 'revocation_endpoint';

/** An HTTP response of the provider, before any check. */
export interface ProviderResponse extends RefreshResponse {
  readonly headers: Headers;
  readonly serverDate: number | undefined;
}

/** A request of the protocol library. */
interface LibraryRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: URLSearchParams | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Arguments for the protocol library. */
export interface Exchange {
  readonly server: ProviderMetadata;
  readonly client: Client;
  readonly authentication: ClientAuth;
  /** Request options. */
  readonly http: {
    readonly signal: AbortSignal;
    readonly [customFetch]: (url: string, init: LibraryRequest) => Promise<Response>;
    readonly [allowInsecureRequests]: boolean;
  };
  /** Request options with a DPoP proof, if `dpop` is set. */
  readonly proven: Exchange['http'] & { readonly DPoP?: DPoPHandle };
  /** The latest response. */
  response(): ProviderResponse | undefined;
}

const asymmetric = /^(?:RS|PS|ES)(?:256|384|512)$|^Ed(?:DSA|25519)$|^ML-DSA-/;

/** Sends requests to the provider. Holds its metadata, its clock offset and the DPoP key. */
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
   * Returns the provider's metadata. Fetches it once, and again after a failure. Aborting one caller does not abort the others.
   *
   * @throws {AuthError} `provider_unreachable`, `untrusted_response`, `login_timed_out`
   */
  metadata(): Promise<ProviderMetadata> {
    this.discovered ??= this.inTime(signal => this.discover(signal)).catch(error => {
      this.discovered = undefined;
      throw providerError(error);
    });
    return this.discovered;
  }

  /**
   * Runs `work` with a signal that aborts after `timeoutSeconds`, or when `abort` does.
   *
   * @throws {AuthError} `login_timed_out`
   */
  async inTime<T>(work: (signal: AbortSignal) => Promise<T>, abort = new AbortController().signal): Promise<T> {
    const { signal, lift } = timeLimit(this.ports.after, this.options.timeoutSeconds * 1000, abort);
    try {
      return await Promise.race([work(signal), whenAborted(signal, () => Promise.reject(loginTimedOut()))]);
    } finally {
      lift();
    }
  }

  /** @throws {AuthError} `untrusted_response` if the endpoint is not `https:` */
  async endpoint(name: Endpoint): Promise<string | undefined> {
    const url = (await this.metadata())[name];
    if (url !== undefined && !isSecure(url)) throw insecure(name);
    return url;
  }

  /**
   * Runs `work` with the arguments for the protocol library. Repeats it once if the provider requires a DPoP nonce.
   *
   * @throws {AuthError} as {@link providerError} converts it
   */
  exchange<T>(signal: AbortSignal, work: (exchange: Exchange) => Promise<T>): Promise<T> {
    return this.exchangeWith(signal, work, () => this.proofs?.handle());
  }

  /** Like {@link Provider.exchange}, before any token is bound to a key: a key in memory is accepted. */
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
   * Verifies the signature of the JWT in a processed response. Fetches the keys again if the cached ones do not match.
   *
   * @throws the library's errors for an invalid signature, an unknown key, and unreachable keys
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
    let response: ProviderResponse | undefined;
    const http = this.http(signal, latest => {
      response = latest;
    });
    const handle = await key();
    const proven = handle ? { ...http, DPoP: handle } : http;
    const { authentication } = this;
    return { server, client: this.client(), authentication, http, proven, response: () => response };
  }

  private async discover(signal: AbortSignal): Promise<ProviderMetadata> {
    const { metadata, issuer } = this.options;
    const http = this.http(signal, () => undefined);
    const url = new URL(issuer);
    const discovered = metadata ?? (await processDiscoveryResponse(url, await discoveryRequest(url, http)));
    // The library compares them as URLs. Authorization responses and id tokens are compared as strings.
    if (discovered.issuer !== issuer) {
      const why = "The issuer option differs from the issuer in the provider's metadata. Copy it from there";
      throw new AuthError('untrusted_response', `${why}: issuer: '${discovered.issuer}'.`);
    }
    const algorithms = discovered.id_token_signing_alg_values_supported?.filter(name => asymmetric.test(name));
    return algorithms === undefined ? discovered : { ...discovered, id_token_signing_alg_values_supported: algorithms };
  }

  /** The library reads the skew after the response has updated it. */
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

  private http(signal: AbortSignal, onResponse: (response: ProviderResponse) => void): Exchange['http'] {
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
        onResponse(providerResponse(response, text, serverDate));
        return new Response(hasNoBody(response.status) ? null : text, response);
      },
    };
  }
}

function providerResponse(response: Response, text: string, serverDate: number | undefined): ProviderResponse {
  return { ...refreshResponse(response, text), headers: response.headers, serverDate };
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function insecure(what: string): AuthError {
  return new AuthError('untrusted_response', `The provider's metadata has a URL that is not https: (${what}).`);
}
