import { type CallbackParameters, openPopup, type PopupSize, type PopupWindow, popupCallback } from '../../core.js';
import { PagePorts } from '../browser-ports.js';

/** A popup for a page of a provider. */
export class Popup {
  static readonly inject = [PagePorts];

  constructor(
    private readonly page: PagePorts,
    private readonly window?: PopupWindow,
  ) {}

  /** @throws {AuthError} `popup_blocked` */
  open(url: string, windowName: string, options: PopupSize = {}): Popup {
    const popup = openPopup({ name: windowName, ...options }, this.page.providers());
    popup.navigate(url);
    return new Popup(this.page, popup);
  }

  /**
   * Resolves to the parameters in the popup's address when the provider has redirected to the app.
   *
   * @throws {AuthError} `popup_closed`
   */
  pollPopup(): Promise<CallbackParameters> {
    return this.window
      ? popupCallback(this.window, () => false, this.page.providers())
      : Promise.reject(new TypeError('Provider Popup Blocked'));
  }

  /** Alias of {@link Popup.pollPopup}. Browsers and wrapped apps are not distinguished. */
  eventListener(_redirectUri?: string): Promise<CallbackParameters> {
    return this.pollPopup();
  }
}
