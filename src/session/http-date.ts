/**
 * Returns the epoch ms of an HTTP date in any of its three forms; `undefined` for anything else. All of them are UTC, even the
 * oldest, which names no time zone.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function httpDate(text: string): number | undefined {
  const match = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (.*\d\d:\d\d:\d\d.*?)(?: GMT)?$/.exec(text.trim());
  const time = Date.parse(`${match?.[1]} GMT`);
  return match && Number.isFinite(time) ? time : undefined;
}
