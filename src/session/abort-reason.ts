/** Returns the reason of an aborted signal. Safari before 15.4, Chrome before 98 and Firefox before 97 have no `AbortSignal.reason`. */
export function abortReason({ reason }: AbortSignal): unknown {
  return reason || new DOMException('The request was aborted.', 'AbortError');
}
