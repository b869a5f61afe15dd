/**
 * Epoch ms of an HTTP date, in the form of today or one of the two old ones; absent for anything else. The oldest form names
 * no time zone, and means UTC like the others.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 */
export function httpDate(text: string): number | undefined {
  const match = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? (.*\d\d:\d\d:\d\d.*?)(?: GMT)?$/.exec(text.trim());
  const time = Date.parse(`${match?.[1]} GMT`);
  return match && Number.isFinite(time) ? time : undefined;
}
