import { callbackSearchParams } from '../callback/callback-parameters.js';
import type { PendingRedirects } from '../callback/pending-redirects.js';
import { withoutCallbackParameters } from '../callback/without-callback-parameters.js';
import { AuthError } from '../errors.js';
import { isResponseTo } from './code-login.js';
import type { ResolvedOptions } from './open-id-connect-options.js';
import { type Pending, pendingRedirects } from './pending.js';
import type { OpenIdConnectPorts } from './ports.js';

type Kind = Pending['kind'];
type OfKind<K extends Kind> = Extract<Pending, { readonly kind: K }>;

/** The redirect of the provider to this page, and the requests of this browser that it can respond to. */
export class PageCallback {
  readonly pending: PendingRedirects<Pending>;

  constructor(
    private readonly options: ResolvedOptions,
    private readonly ports: OpenIdConnectPorts,
  ) {
    this.pending = pendingRedirects(ports);
  }

  /** Returns the request that the URL of the page responds to. */
  find<K extends Kind>(kind: K): OfKind<K> | undefined {
    const url = this.ports.page.url();
    const pending = this.pending.find(callbackSearchParams(url).get('state'));
    const { issuer, clientId } = this.options;
    const isOurs = pending?.kind === kind && pending.issuer === issuer && pending.clientId === clientId;
    return isOurs && isResponseTo(pending, url) ? (pending as OfKind<K>) : undefined;
  }

  /** Removes the response from the URL of the page. Returns it with the request that it responds to. */
  take<K extends Kind>(kind: K): { readonly url: string; readonly pending: OfKind<K> } {
    const url = this.ports.page.url();
    const pending = this.find(kind);
    const clean = withoutCallbackParameters(url);
    if (clean !== url) this.ports.page.replaceUrl(clean);
    if (!pending) throw unknownCallback();
    this.pending.take(pending.state);
    return { url, pending };
  }

  /** Returns an error if the URL of the page holds an authorization response that no pending request of this browser matches. */
  error(): AuthError | undefined {
    const url = this.ports.page.url();
    const parameters = callbackSearchParams(url);
    const isResponse = parameters.has('state') && (parameters.has('code') || parameters.has('error'));
    const { origin, pathname } = new URL(url);
    const redirectUri = new URL(this.options.redirectUri);
    const isHere = redirectUri.origin === origin && redirectUri.pathname === pathname;
    return isResponse && isHere && !this.find('login') ? unknownCallback() : undefined;
  }

  /** Returns path, query and fragment of a URL of the page's own origin. Returns `undefined` for any other URL. */
  ownPath(target: string | undefined): string | undefined {
    if (target === undefined) return undefined;
    try {
      const page = this.ports.page.url();
      const { origin, pathname, search, hash, username } = new URL(target, page);
      return origin === new URL(page).origin && username === '' && !pathname.startsWith('//')
        ? pathname + search + hash
        : undefined;
    } catch {
      return undefined;
    }
  }
}

function unknownCallback(): AuthError {
  return new AuthError(
    'unknown_state',
    'This response is for no request of this browser in the last ten minutes, or it was used before.',
  );
}
