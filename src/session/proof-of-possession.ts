import type { TokenSet } from './token-set.js';

/**
 * Shows with each request that whoever sends the token also holds the key it is bound to, for tokens of type `DPoP`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449
 */
export interface ProofOfPossession {
  /** Adds a proof to a request that already carries the token. */
  prove(request: Request, tokens: TokenSet): Promise<void>;
  /** Looks at an answer, whatever its status. True: the token is good, and the server asks for another proof of it. */
  isChallenge(response: Response, request: Request): boolean;
}
