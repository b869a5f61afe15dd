import {
  clockSkew,
  getValidatedIdTokenClaims,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  type TokenEndpointResponse,
  UnsupportedOperationError,
} from 'oauth4webapi';
import { AuthError } from '../errors.js';
import { classifyRefreshResponse } from '../session/refresh-grant.js';
import { retryAfterMs } from '../session/refresh-schedule.js';
import type { Renewal, RenewalOutcome } from '../session/renewal.js';
import { revokeToken } from '../session/revoke-token.js';
import { tokenResponse } from '../session/token-response.js';
import { hasExpired, type JwtClaims, type TokenSet } from '../session/token-set.js';
import { bounded } from './bounded.js';
import { accepted } from './code-login.js';
import { refreshedIdTokenError } from './id-token.js';
import type { OpenIdConnectPorts } from './ports.js';
import type { Exchange, Provider, ProviderResponse } from './provider.js';
import { providerError } from './provider-error.js';
import type { SilentLogin } from './silent-login.js';

/** Errors of the token endpoint that speak of the proof, not of the refresh token. */
const aboutTheProof = new Set(['use_dpop_nonce', 'invalid_dpop_proof']);
const untilNextLookMs = 5 * 60_000;

/**
 * Renewal at an OpenID provider: by the refresh token grant, in a hidden frame, or by the second where the first has come
 * to its end.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens
 */
export function openIdRenewal(provider: Provider, silent: SilentLogin, ports: OpenIdConnectPorts): Renewal {
  const { renewal, silentRedirectUri, timeoutSeconds } = provider.options;
  const grants = renewal !== 'silent';
  const frames = renewal !== 'refresh-token' && silentRedirectUri !== undefined;
  return {
    timeoutSeconds: grants && frames ? 2 * timeoutSeconds : timeoutSeconds,
    canRenew: tokens => isFrom(provider, tokens) && (frames || (grants && tokens.refreshToken !== undefined)),
    renew: async (tokens, abort) => {
      const { refreshToken } = tokens;
      if (!grants || refreshToken === undefined) return byFrame(provider, silent, tokens, ports, abort);
      const outcome = await byGrant(provider, { ...tokens, refreshToken }, ports, abort);
      const spent = outcome.kind === 'refused' && outcome.error.code === 'refresh_refused';
      return frames && spent ? byFrame(provider, silent, tokens, ports, abort) : outcome;
    },
  };
}

/** Whether the tokens are this provider's, and not of a sign-in at the application's own server. */
export function isFrom({ options: { issuer, scope } }: Provider, { idClaims }: TokenSet): boolean {
  if (!scope.split(' ').includes('openid')) return true;
  return idClaims?.['iss'] === issuer;
}

type Refreshable = TokenSet & { readonly refreshToken: string };

async function byGrant(
  provider: Provider,
  tokens: Refreshable,
  ports: OpenIdConnectPorts,
  abort: AbortSignal,
): Promise<RenewalOutcome> {
  const { timeoutSeconds: seconds } = provider.options;
  const { after } = ports;
  let answer: ProviderResponse | undefined;
  try {
    const body = await bounded({ seconds, abort, after }, signal =>
      provider.exchange(signal, async exchange => {
        answer = undefined;
        const response = await requestTokens(exchange, tokens, provider);
        answer = exchange.answer();
        return checked(await processed(response, exchange), exchange, tokens, provider);
      }),
    );
    return { kind: 'refreshed', response: tokenResponse(body), serverDate: answer?.serverDate };
  } catch (cause) {
    const error = providerError(cause);
    const minted = answer?.status === 200 ? usable(answer.json) : undefined;
    if (!minted || (error.code !== 'untrusted_response' && error.code !== 'subject_mismatch'))
      return unanswered(error, answer, ports.wall());
    if (minted.refreshToken !== undefined) revokeQuietly(provider, minted.refreshToken, ports);
    return { kind: 'refused', error };
  }
}

function requestTokens(
  { server, client, authentication, proven }: Exchange,
  { refreshToken }: Refreshable,
  provider: Provider,
): Promise<Response> {
  const additionalParameters = provider.options.tokenParameters ?? {};
  return refreshTokenGrantRequest(server, client, authentication, refreshToken, { ...proven, additionalParameters });
}

interface Processed {
  readonly body: TokenEndpointResponse;
  readonly response: Response;
}

/** An id token that came just now and seems to be of another time speaks of a clock that is off: then it goes by its own `iat`. */
async function processed(response: Response, { server, client }: Exchange): Promise<Processed> {
  const again = response.clone();
  try {
    return { body: await processRefreshTokenResponse(server, client, response), response };
  } catch (error) {
    const offSeconds = clockIsOffBy(error);
    if (offSeconds === undefined) throw error;
    const corrected = { ...client, [clockSkew]: (client[clockSkew] ?? 0) + offSeconds };
    return { body: await processRefreshTokenResponse(server, corrected, again), response: again };
  }
}

function clockIsOffBy(error: unknown): number | undefined {
  if (!(error instanceof OperationProcessingError) || error.code !== JWT_TIMESTAMP_CHECK) return undefined;
  const { claims, now } = error.cause as { readonly claims: JwtClaims; readonly now: number };
  return Number(claims['iat']) - now;
}

async function checked(
  { body, response }: Processed,
  exchange: Exchange,
  previous: TokenSet,
  provider: Provider,
): Promise<TokenEndpointResponse> {
  const claims = getValidatedIdTokenClaims(body);
  const tokens = accepted(body, provider);
  if (!claims) return tokens;
  const isSigned = await provider.checkSignature(response, exchange).then(
    () => true,
    error => {
      if (error instanceof OperationProcessingError || error instanceof UnsupportedOperationError) throw error;
      return false;
    },
  );
  const fault = refreshedIdTokenError(previous.idClaims, claims, provider.options.clockToleranceSeconds);
  if (fault) throw fault;
  if (isSigned) return tokens;
  // The keys could not be fetched. The new tokens came over TLS from the provider itself and replace a spent refresh token, so they
  // are kept; an id token that nobody could check is not.
  const { id_token: _unchecked, ...others } = tokens;
  return others as TokenEndpointResponse;
}

function unanswered(error: AuthError, answer: ProviderResponse | undefined, now: number): RenewalOutcome {
  const { oauthError } = error;
  const status = answer?.status;
  const details = { ...(status !== undefined && { status }), ...(oauthError !== undefined && { oauthError }) };
  const ofProof = oauthError !== undefined && aboutTheProof.has(oauthError);
  if (answer && status !== 200 && !ofProof && classifyRefreshResponse(answer) === 'refused') {
    const message = `The provider refused to refresh: ${oauthError === undefined ? `status ${status}` : `"${oauthError}"`}.`;
    return { kind: 'refused', error: new AuthError('refresh_refused', message, { ...details, cause: error }) };
  }
  const message = 'The provider could not be asked to refresh, or gave no usable answer.';
  return {
    kind: 'retryable',
    error: new AuthError('refresh_postponed', message, { ...details, cause: error, retryable: true }),
    retryAfterMs: answer && retryAfterMs(answer.headers.get('Retry-After'), answer.serverDate ?? now),
  };
}

async function byFrame(
  provider: Provider,
  silent: SilentLogin,
  tokens: TokenSet,
  ports: OpenIdConnectPorts,
  abort: AbortSignal,
): Promise<RenewalOutcome> {
  try {
    const isInTime = !hasExpired(tokens, ports.wall());
    const response = tokenResponse(await silent.tokens({}, isInTime, abort));
    return { kind: 'refreshed', response };
  } catch (cause) {
    const error = providerError(cause);
    const wantsTheUser = error.code === 'login_required' || error.code === 'silent_login_blocked';
    if (!wantsTheUser) {
      const message = 'The provider could not be asked in a hidden frame, or gave no usable answer.';
      const postponed = new AuthError('refresh_postponed', message, { cause: error, retryable: true });
      return { kind: 'retryable', error: postponed };
    }
    if (provider.options.whenLoginRequired === 'end') return { kind: 'refused', error };
    return { kind: 'retryable', error, retryAfterMs: untilNextLookMs };
  }
}

function usable(json: unknown): { readonly refreshToken?: string | undefined } | undefined {
  try {
    return tokenResponse(json);
  } catch {
    return undefined;
  }
}

/** Tokens that are not taken are better not left lying about. */
export function revokeQuietly(provider: Provider, refreshToken: string, ports: OpenIdConnectPorts): void {
  const { signal } = new AbortController();
  const url = () => provider.endpoint('revocation_endpoint');
  const parameters = { client_id: provider.options.clientId };
  void revokeToken(refreshToken, { url, parameters }, ports, signal).catch(() => undefined);
}
