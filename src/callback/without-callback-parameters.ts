const callbackParameterNames = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'session_state',
  'access_token',
  'id_token',
];

/**
 * Returns the URL without the parameters of an authorization response. They must not stay in the address bar, the history or a
 * `Referer`. Other parameters belong to the application and stay.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.2.4
 */
export function withoutCallbackParameters(address: string): string {
  const url = new URL(address);
  for (const name of callbackParameterNames) url.searchParams.delete(name);
  if (/^#\/?\??(?:.*&)?(?:code|access_token|id_token|error|_)=/.test(url.hash)) url.hash = '';
  return url.href;
}
