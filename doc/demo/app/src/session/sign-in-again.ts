import {
  type AuthenticationState,
  AuthService,
  type EndReason,
  endReasons,
  FetchConfig,
  PagePorts,
  type ParkedRequests,
} from 'aurelia-auth-refresh';
import { EventAggregator, type Subscription } from 'aurelia-event-aggregator';
import { endInWords } from '../../../session/session-words.js';
import { SignInForm } from '../../../session/sign-in-form.js';

/** A dialog over the page, in which the user signs in again after the session has ended. */
export class SignInAgain extends SignInForm {
  static readonly inject = [AuthService, FetchConfig, EventAggregator, PagePorts];
  reason = '';
  readonly parked: ParkedRequests;

  // Set by the view.
  dialog!: HTMLDialogElement;

  private subscription: Subscription | undefined;

  constructor(
    private readonly authService: AuthService,
    fetchConfig: FetchConfig,
    private readonly events: EventAggregator,
    private readonly page: PagePorts,
  ) {
    super();
    this.parked = fetchConfig.parkedRequests;
  }

  attached(): void {
    this.subscription = this.events.subscribe('authentication-state', ({ state }: AuthenticationState) => {
      const { ended } = state;
      if (ended !== undefined && endReasons[ended].isExpiry) this.open(ended);
      else this.dialog.close();
      if (ended === 'other_tab' || ended === 'storage_cleared') this.page.assign('#/');
    });
  }

  detached(): void {
    this.subscription?.dispose();
  }

  protected logIn(): Promise<unknown> {
    return this.authService.login(this.email, this.password, undefined, true);
  }

  /** Waiting requests reject. The page stays. */
  cancel(): void {
    this.parked.cancel();
    this.dialog.close();
  }

  private open(ended: EndReason): void {
    this.reason = endInWords[ended];
    this.problem = '';
    if (!this.dialog.open) this.dialog.showModal();
  }
}
