import {
  AuthError,
  type CallbackParameters,
  openPopup,
  type PopupSize,
  type PopupWindow,
  popupCallback,
} from '../../core.js';
import { PagePorts } from '../browser-ports.js';

/** A popup for a page of a provider. */
export class Popup {
  static readonly inject = [PagePorts];

  /** @internal */
  private window: PopupWindow | undefined;
  /** @internal */
  private readonly page: PagePorts;

  constructor(page = new PagePorts()) {
    this.page = page;
  }

  /** @throws {AuthError} `popup_blocked` */
  open(url: string, windowName: string, options?: PopupSize | null): this {
    this.window = openPopup({ name: windowName, ...options }, this.page.providers());
    this.window.navigate(url);
    return this;
  }

  /**
   * Resolves to the parameters in the popup's address when the provider has redirected to the app.
   *
   * @throws the parameters, if the provider responded with an `error`
   * @throws {AuthError} `popup_blocked`, `popup_closed`
   */
  async pollPopup(): Promise<CallbackParameters> {
    if (!this.window) throw new AuthError('popup_blocked', 'Provider Popup Blocked: open() opened no window.');
    const parameters = await popupCallback(this.window, () => false, this.page.providers());
    if ('error' in parameters) throw { ...parameters };
    return parameters;
  }

  /** Alias of {@link Popup.pollPopup}. Browsers and wrapped apps are not distinguished. */
  eventListener(_redirectUri?: string): Promise<CallbackParameters> {
    return this.pollPopup();
  }
}
