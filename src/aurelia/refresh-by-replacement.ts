import type { AuthClient } from './auth-client.js';

/**
 * Sends the refresh request with the client that the app put in place of the plugin's own.
 *
 * @returns undefined if there is none, or if the request is not the refresh
 */
export function refreshByReplacement(
  client: AuthClient,
  url: string,
  init: RequestInit,
): Promise<Response> | undefined {
  if (!client.replacement || url !== client.refreshUrl) return undefined;
  return client.refresh(fieldsOf(init.body)).then(
    body => new Response(JSON.stringify(body)),
    (error: unknown) => {
      if (error instanceof Response) return error;
      throw error;
    },
  );
}

function fieldsOf(body: RequestInit['body']): unknown {
  const text = String(body);
  return text.startsWith('{') ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
}
