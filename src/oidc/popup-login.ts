import { AuthError } from '../errors.js';
import type { TokenSet } from '../session/token-set.js';
import { bounded } from './bounded.js';
import { beginCodeLogin, type SignInRequest } from './code-login.js';
import type { PendingLogin } from './pending.js';
import { popupCallbackResponse } from './popup-callback-response.js';
import type { OpenIdConnectPorts, Popup } from './ports.js';
import type { Provider } from './provider.js';

const pollMs = 250;
/** A window that has said its piece closes at once; what it said may be still on its way. */
const graceMs = 500;
const lifetimeMs = 10 * 60_000;

/** Trades the code of an answer for tokens, and signs in with them. */
export type CodeExchange = (pending: PendingLogin, answer: URL, signal: AbortSignal) => Promise<TokenSet>;

/**
 * Sign-in in a window of its own. To be called while handling a click or a key press: otherwise browsers open no window.
 *
 * @throws {AuthError} `popup_blocked`, at once; `popup_closed` as soon as the window is closed, or looks so: a provider may cut its
 * windows off from whoever opened them. The answer then comes by another way, and is exchanged all the same
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
    throw new AuthError('invalid_configuration', 'A popup needs popupRedirectUri, the address of callback.html.');
  }
  const popup = ports.openPopup();
  if (!popup)
    throw new AuthError('popup_blocked', 'The browser did not open a window; a click or a key press allows it.');
  const end = new AbortController();
  const cancelEnd = ports.after(lifetimeMs, () => end.abort());
  const answered = tokensFrom(popup, provider, popupRedirectUri, request, exchange, ports, end.signal).finally(() => {
    cancelEnd();
    end.abort();
    popup.close();
  });
  return Promise.race([answered, closed(popup, ports, end.signal)]);
}

async function tokensFrom(
  popup: Popup,
  provider: Provider,
  redirectUri: string,
  request: SignInRequest,
  exchange: CodeExchange,
  ports: OpenIdConnectPorts,
  signal: AbortSignal,
): Promise<TokenSet> {
  const { after } = ports;
  const bounds = { seconds: provider.options.timeoutSeconds, abort: signal, after };
  const { url, pending } = await bounded(bounds, inTime => beginCodeLogin(provider, redirectUri, request, inTime));
  popup.navigate(url);
  const { state } = pending;
  const answer = await popupCallbackResponse({ state, redirectUri, window: popup.window, signal }, ports);
  return bounded(bounds, inTime => exchange(pending, answer, inTime));
}

function closed(popup: Popup, ports: OpenIdConnectPorts, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    let cancel = ports.after(pollMs, look);
    signal.addEventListener('abort', () => cancel());
    function look(): void {
      cancel = popup.closed ? ports.after(graceMs, give) : ports.after(pollMs, look);
    }
    function give(): void {
      reject(new AuthError('popup_closed', 'The window was closed before the provider came back.'));
    }
  });
}
