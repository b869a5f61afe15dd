import { type CallbackParameters, openPopup, type PopupSize, type PopupWindow, popupCallback } from '../../core.js';
import { PagePorts } from '../browser-ports.js';

/** A window for a page of a provider. */
export class Popup {
  static readonly inject = [PagePorts];

  constructor(
    private readonly page: PagePorts,
    private readonly window?: PopupWindow,
  ) {}

  /** @throws {AuthError} `popup_blocked` */
  open(url: string, windowName: string, options: PopupSize = {}): Popup {
    return new Popup(this.page, openPopup(url, windowName, options, this.page.providers()));
  }

  /**
   * Resolves to what stands in the window's address once that is one of this application's.
   *
   * @throws {AuthError} `popup_closed`
   */
  pollPopup(): Promise<CallbackParameters> {
    return this.window
      ? popupCallback(this.window, () => false, this.page.providers())
      : Promise.reject(new TypeError('Provider Popup Blocked'));
  }

  /** The same: no distinction is made between browsers and wrapped applications. */
  eventListener(_redirectUri?: string): Promise<CallbackParameters> {
    return this.pollPopup();
  }
}
