/** An event in the life of a request that needs the token. Never holds a token. */
export interface BearerActivity {
  /**
   * - `sent`: the request is sent with a fresh token.
   * - `waiting`: the request waits for a fresh token.
   * - `resumed`: the request has a fresh token and is sent.
   * - `rejected`: the server rejected the token.
   * - `paused`: the origin keeps rejecting fresh tokens, so its 401 is returned without a refresh.
   * - `step-up`: the user has to authenticate again, or grant more scopes, before a replay.
   * - `parked`: the session has ended, and the request waits for the user to sign in again.
   * - `replayed`: the request is sent for the second time.
   * - `responded`: the response arrived that the app receives.
   * - `failed`: the request failed without a response.
   */
  readonly type:
    | 'sent'
    | 'waiting'
    | 'resumed'
    | 'rejected'
    | 'paused'
    | 'step-up'
    | 'parked'
    | 'replayed'
    | 'responded'
    | 'failed';
  /** Epoch ms on the session's clock. */
  readonly at: number;
  readonly url: string;
  readonly method: string;
  /** Status of the response, for `rejected` and `responded`. */
  readonly status?: number;
  /** Error code of the challenge (RFC 6750 §3.1), for `rejected`. Undefined if the server gave none. */
  readonly error?: string | undefined;
}
