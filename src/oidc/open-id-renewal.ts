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
import { attempt } from '../session/attempt.js';
import { refreshPostponed } from '../session/refresh-postponed.js';
import { classifyRefreshResponse } from '../session/refresh-response.js';
import { retryAfterMs } from '../session/refresh-schedule.js';
import type { RefreshClassification, Renewal, RenewalOutcome } from '../session/renewal.js';
import { revokeToken } from '../session/revoke-token.js';
import { tokenResponse } from '../session/token-response.js';
import { hasExpired, type JwtClaims, type TokenSet } from '../session/token-set.js';
import { accepted } from './code-login.js';
import { refreshedIdTokenError, refreshedIdTokenWarning } from './id-token.js';
import type { OpenIdConnectPorts } from './ports.js';
import type { Exchange, Provider, ProviderResponse } from './provider.js';
import { providerError } from './provider-error.js';
import type { SilentLogin } from './silent-login.js';

/** Errors of the token endpoint that concern the DPoP proof, not the refresh token. */
const proofErrors = new Set(['use_dpop_nonce', 'invalid_dpop_proof']);
const loginRequiredRetryMs = 5 * 60_000;

/**
 * Returns the renewal of an OpenID provider: by the refresh token grant, in a hidden iframe, or in a frame after the provider refused
 * the refresh token.
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
      if (!frames || outcome.kind !== 'refused' || outcome.error.code !== 'refresh_refused') return outcome;
      const fallback = await byFrame(provider, silent, tokens, ports, abort);
      return afterRefusal(outcome.error, fallback, !hasExpired(tokens, ports.wall()), provider);
    },
  };
}

/** Whether the tokens are from this provider, and not from a sign-in at the application's own server. */
export function isFrom({ options: { issuer, scope } }: Provider, { idClaims }: TokenSet): boolean {
  if (!scope.split(' ').includes('openid')) return true;
  return idClaims?.['iss'] === issuer;
}

/** A frame that failed cannot replace a refused refresh token: the session ends once its access token has expired. */
function afterRefusal(
  refusal: AuthError,
  fallback: RenewalOutcome,
  isAlive: boolean,
  provider: Provider,
): RenewalOutcome {
  if (fallback.kind === 'refreshed' || fallback.kind === 'refused' || needsUser(fallback.error)) return fallback;
  return isAlive ? { ...fallback, kind: 'retryable' } : loginRequired(refusal, provider);
}

function needsUser({ code }: AuthError): boolean {
  return code === 'login_required' || code === 'silent_login_blocked';
}

/** The user must sign in: the session ends, unless the application keeps it. */
function loginRequired(error: AuthError, { options }: Provider): RenewalOutcome {
  return options.whenLoginRequired === 'end'
    ? { kind: 'refused', error }
    : { kind: 'retryable', error, retryAfterMs: loginRequiredRetryMs };
}

type Refreshable = TokenSet & { readonly refreshToken: string };

async function byGrant(
  provider: Provider,
  tokens: Refreshable,
  ports: OpenIdConnectPorts,
  abort: AbortSignal,
): Promise<RenewalOutcome> {
  let latest: ProviderResponse | undefined;
  const work = async (exchange: Exchange) => {
    latest = undefined;
    const response = await requestTokens(exchange, tokens, provider);
    latest = exchange.response();
    return checked(await processed(response, exchange), exchange, tokens, provider);
  };
  try {
    const body = await provider.inTime(signal => provider.exchange(signal, work), abort);
    return { kind: 'refreshed', response: tokenResponse(body), serverDate: latest?.serverDate };
  } catch (cause) {
    const error = providerError(cause);
    const json = latest?.status === 200 ? latest.json : undefined;
    const issued = attempt(() => tokenResponse(json), undefined);
    if (!issued || (error.code !== 'untrusted_response' && error.code !== 'subject_mismatch'))
      return withoutTokens(error, issued ? undefined : latest, provider, ports.wall());
    if (issued.refreshToken !== undefined) revokeQuietly(provider, issued.refreshToken, ports);
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

/** A new id token with a time error means that the clock of this machine is wrong: its `iat` replaces the clock. */
async function processed(response: Response, { server, client }: Exchange): Promise<Processed> {
  const copy = response.clone();
  try {
    return { body: await processRefreshTokenResponse(server, client, response), response };
  } catch (error) {
    const offSeconds = clockErrorSeconds(error);
    if (offSeconds === undefined) throw error;
    const corrected = { ...client, [clockSkew]: (client[clockSkew] ?? 0) + offSeconds };
    return { body: await processRefreshTokenResponse(server, corrected, copy), response: copy };
  }
}

/** How far the clock of this machine is wrong. Undefined for other errors, and in browsers without `Error.cause`. */
export function clockErrorSeconds(error: unknown): number | undefined {
  if (!(error instanceof OperationProcessingError) || error.code !== JWT_TIMESTAMP_CHECK) return undefined;
  const cause = error.cause as { readonly claims: JwtClaims; readonly now: number } | undefined;
  return cause && Number(cause.claims['iat']) - cause.now;
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
  const mismatch = refreshedIdTokenError(previous.idClaims, claims, provider.options.clockToleranceSeconds);
  if (mismatch) throw mismatch;
  const warning = refreshedIdTokenWarning(previous.idClaims, claims);
  if (warning !== undefined) provider.options.onWarning?.(warning);
  if (isSigned) return tokens;
  // The keys are unreachable. The new tokens came from the provider over TLS and replace a used refresh token, so they are kept.
  // The id token is not: its signature is unverified.
  const { id_token: _unverified, ...others } = tokens;
  return others as TokenEndpointResponse;
}

/** Classifies a refresh request that returned no usable tokens. `response` is unset if there was none, or if it had tokens. */
function withoutTokens(
  error: AuthError,
  response: ProviderResponse | undefined,
  provider: Provider,
  now: number,
): RenewalOutcome {
  const { oauthError } = error;
  const status = response?.status;
  const details = {
    ...(status !== undefined && { status }),
    ...(oauthError !== undefined && { oauthError }),
    cause: error,
  };
  const isProofError = oauthError !== undefined && proofErrors.has(oauthError);
  const kind = response && !isProofError ? classified(response, provider) : 'retryable';
  if (kind === 'refused') {
    const reason = oauthError === undefined ? `status ${status}` : `"${oauthError}"`;
    const message = `The provider refused the refresh token: ${reason}.`;
    return { kind, error: new AuthError('refresh_refused', message, details) };
  }
  return {
    kind,
    error: refreshPostponed('The refresh request failed, or its response has no usable tokens.', details),
    retryAfterMs: response && retryAfterMs(response.headers.get('Retry-After'), response.serverDate ?? now),
  };
}

function classified(response: ProviderResponse, { options }: Provider): RefreshClassification {
  return attempt(() => (options.classifyRefreshResponse ?? classifyRefreshResponse)(response), 'retryable');
}

async function byFrame(
  provider: Provider,
  silent: SilentLogin,
  tokens: TokenSet,
  ports: OpenIdConnectPorts,
  abort: AbortSignal,
): Promise<RenewalOutcome> {
  try {
    const isAlive = !hasExpired(tokens, ports.wall());
    const response = tokenResponse(await silent.tokens({}, tokens.idToken, isAlive, abort));
    return { kind: 'refreshed', response };
  } catch (cause) {
    const error = providerError(cause);
    if (needsUser(error)) return loginRequired(error, provider);
    const message = 'The sign-in in a hidden iframe failed, or its response has no usable tokens.';
    // An error of the authorization endpoint has no HTTP status.
    const isAuthorizationError = error.code === 'login_failed' && error.status === undefined && !error.retryable;
    return {
      kind: isAuthorizationError ? 'unclear' : 'retryable',
      error: refreshPostponed(message, { cause: error, ...(error.oauthError && { oauthError: error.oauthError }) }),
    };
  }
}

/** Revokes the refresh token of a discarded response in the background. Ignores errors. */
export function revokeQuietly(provider: Provider, refreshToken: string, ports: OpenIdConnectPorts): void {
  const { signal } = new AbortController();
  const url = () => provider.endpoint('revocation_endpoint');
  const parameters = { client_id: provider.options.clientId };
  void revokeToken(refreshToken, { url, parameters }, ports, signal).catch(() => undefined);
}
