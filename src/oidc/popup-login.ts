import { openPopup, type PopupWindow, popupClosed } from '../callback/popup.js';
import { relayedCallback } from '../callback/relayed-callback.js';
import { AuthError } from '../errors.js';
import type { TokenSet } from '../session/token-set.js';
import { beginCodeLogin, isResponseTo, type SignInRequest } from './code-login.js';
import type { PendingLogin } from './pending.js';
import type { OpenIdConnectPorts } from './ports.js';
import type { Provider } from './provider.js';

const size = { width: 480, height: 640 };
const lifetimeMs = 10 * 60_000;

/** Exchanges the code of an authorization response for tokens and signs in with them. */
export type CodeExchange = (pending: PendingLogin, callback: string, signal: AbortSignal) => Promise<TokenSet>;

/**
 * Signs in in a popup. Call it in the handler of a click or a key press.
 *
 * @throws {AuthError} `popup_blocked`; `popup_closed` when the popup is closed. A popup that the provider severs from its opener looks
 * closed: `exchange` still runs when its response arrives within ten minutes
 * @see https://html.spec.whatwg.org/multipage/browsers.html#cross-origin-opener-policies
 */
export function popupLogin(
  provider: Provider,
  request: SignInRequest,
  exchange: CodeExchange,
  ports: OpenIdConnectPorts,
): Promise<TokenSet> {
  const { popupRedirectUri } = provider.options;
  if (popupRedirectUri === undefined) {
    throw new AuthError('invalid_configuration', 'A popup needs popupRedirectUri, the URL of callback.html.');
  }
  const popup = openPopup(size, ports);
  const end = new AbortController();
  const cancelEnd = ports.after(lifetimeMs, () => end.abort());
  const completed = tokensFrom(popup, provider, popupRedirectUri, request, exchange, ports, end.signal).finally(() => {
    cancelEnd();
    end.abort();
    popup.close();
  });
  return Promise.race([completed, popupClosed(popup, end.signal, ports)]);
}

async function tokensFrom(
  popup: PopupWindow,
  provider: Provider,
  redirectUri: string,
  request: SignInRequest,
  exchange: CodeExchange,
  ports: OpenIdConnectPorts,
  signal: AbortSignal,
): Promise<TokenSet> {
  const { url, pending } = await provider.inTime(
    limit => beginCodeLogin(provider, redirectUri, request, limit),
    signal,
  );
  popup.navigate(url);
  const { origin } = new URL(redirectUri);
  const isExpected = (callback: string) => isResponseTo(pending, callback);
  const callback = await relayedCallback({ origin, window: popup.window, isExpected, signal }, ports);
  return provider.inTime(limit => exchange(pending, callback, limit), signal);
}
