import {
  type AuthenticationState,
  AuthService,
  endReasons,
  FetchConfig,
  PagePorts,
  type ParkedRequests,
} from 'aurelia-auth-refresh';
import { EventAggregator, type Subscription } from 'aurelia-event-aggregator';

/** A dialog over the page, in which the user signs in again after the session has ended. */
export class SignInAgain {
  static inject = [AuthService, FetchConfig, EventAggregator, PagePorts];
  email = '';
  password = '';
  message = '';
  /** Set by the view. */
  dialog!: HTMLDialogElement;
  readonly parked: ParkedRequests;
  private user: unknown;
  private subscription: Subscription | undefined;

  constructor(
    private readonly authService: AuthService,
    fetchConfig: FetchConfig,
    private readonly events: EventAggregator,
    private readonly page: PagePorts,
  ) {
    this.parked = fetchConfig.parkedRequests;
  }

  attached(): void {
    this.user = this.subject();
    this.subscription = this.events.subscribe('authentication-state', ({ state }: AuthenticationState) => {
      this.changed(state);
    });
  }

  detached(): void {
    this.subscription?.dispose();
  }

  async submit(): Promise<void> {
    try {
      const credentials = { email: this.email, password: this.password };
      await this.authService.login(credentials, undefined, true); // true: stay on this page
    } catch {
      this.message = 'That did not work. Please try again.';
    }
  }

  /** The user closed the dialog: waiting requests reject with `session_ended`. */
  cancel(): void {
    this.parked.cancel();
    this.dialog.close();
  }

  private changed({ status, ended }: AuthenticationState['state']): void {
    if (status === 'logged-out') {
      if (ended !== undefined && endReasons[ended].isExpiry && !this.dialog.open) this.dialog.showModal();
      // Signed out on purpose in another tab: hide the page from the next person at this computer.
      if (ended === 'other_tab' || ended === 'storage_cleared') this.page.assign('#/');
      return;
    }
    // The page shows data of the previous user.
    if (this.user !== undefined && this.subject() !== this.user) this.page.reload();
    this.user = this.subject();
    this.message = '';
    this.password = '';
    this.dialog.close();
  }

  /** The signed-in user, if the access token is a JWT. */
  private subject(): unknown {
    return this.authService.getTokenPayload()?.['sub'];
  }
}
