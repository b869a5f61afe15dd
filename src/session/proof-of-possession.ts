import type { TokenSet } from './token-set.js';

/**
 * Proves with each request that its sender holds the key of the token, for tokens of type `DPoP`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449
 */
export interface ProofOfPossession {
  /** Adds a proof to a request that already carries the token. */
  prove(request: Request, tokens: TokenSet): Promise<void>;
  /** Processes every response. Returns true if the token is valid and the server requires another proof. */
  isChallenge(response: Response, request: Request): boolean;
}
