import { processUserInfoResponse, skipSubjectCheck, userInfoRequest } from 'oauth4webapi';
import type { JwtClaims, TokenSet } from '../session/token-set.js';
import type { Provider } from './provider.js';

/**
 * Fetches the claims of the user from the provider.
 *
 * @throws {AuthError} `untrusted_response` if the claims are those of another user
 * @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo
 */
export async function userInfo(
  provider: Provider,
  { accessToken, idClaims }: TokenSet,
  signal: AbortSignal,
): Promise<JwtClaims> {
  return provider.exchange(signal, async exchange => {
    const { server, client, proven } = exchange;
    const response = await userInfoRequest(server, client, accessToken, proven);
    const subject = idClaims?.['sub'];
    const expected = typeof subject === 'string' ? subject : skipSubjectCheck;
    const claims = await processUserInfoResponse(server, client, expected, response);
    const isSigned = response.headers.get('Content-Type')?.startsWith('application/jwt');
    if (isSigned) await provider.checkSignature(response, exchange);
    return claims;
  });
}
