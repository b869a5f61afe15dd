import { type AuthenticationState, AuthService, type EndReason, PagePorts } from 'aurelia-auth-refresh';
import { EventAggregator } from 'aurelia-event-aggregator';

/** Ends that the user did not ask for. */
const unasked: readonly EndReason[] = ['refused', 'expired', 'idle', 'subject_mismatch'];

/** Lets a user whose session has ended sign in again, over the page as it is. */
export class SignInAgain {
  static inject = [AuthService, EventAggregator, PagePorts];
  isOpen = false;
  email = '';
  password = '';
  message = '';
  private user: unknown;

  constructor(
    private readonly authService: AuthService,
    events: EventAggregator,
    private readonly page: PagePorts,
  ) {
    this.user = this.subject();
    events.subscribe('authentication-state', ({ state }: AuthenticationState) => this.changed(state));
  }

  async submit(): Promise<void> {
    try {
      const credentials = { email: this.email, password: this.password };
      await this.authService.login(credentials, undefined, true); // true: stay on this page
    } catch {
      this.message = 'That did not work. Please try again.';
    }
  }

  private changed({ status, ended }: AuthenticationState['state']): void {
    if (status === 'logged-out') {
      this.isOpen = ended !== undefined && unasked.includes(ended);
      // Signed out on purpose in another tab: the page is not to be left for others to see.
      if (ended === 'other_tab' || ended === 'storage_cleared') this.page.assign('#/');
      return;
    }
    // What is on the page belongs to whoever was signed in before.
    if (this.user !== undefined && this.subject() !== this.user) this.page.reload();
    this.user = this.subject();
    this.isOpen = false;
    this.message = '';
    this.password = '';
  }

  /** Who is signed in, where the access token is a JWT. */
  private subject(): unknown {
    return this.authService.getTokenPayload()?.['sub'];
  }
}
