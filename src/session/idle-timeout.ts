import { checkOptions, functionRule, type OptionRule, secondsRule } from './check-options.js';
import type { Session } from './session.js';
import type { SessionPorts } from './session-ports.js';
import { isLoggedIn, type SessionVersion } from './session-state.js';
import type { TokenStore } from './token-store.js';
import { longestDelayMs } from './wake-timer.js';

/** When a user counts as gone. */
export interface IdleTimeoutOptions {
  /** After how many seconds without a sign of the user, in any tab, the session ends. */
  readonly timeoutSeconds: number;
  /**
   * How many seconds before that {@link IdleTimeoutOptions.onCountdown} begins.
   * @default 60
   */
  readonly countdownSeconds?: number;
  /** Called every second of the countdown with the seconds left, and once with `undefined` when the user is back. */
  readonly onCountdown?: ((secondsLeft: number | undefined) => void) | undefined;
}

const idleTimeoutRules: readonly OptionRule[] = [
  secondsRule('timeoutSeconds'),
  secondsRule('countdownSeconds'),
  functionRule('onCountdown'),
];

/** What {@link IdleTimeout} needs from its environment; `idleTimeoutPorts()` has the real ones. */
export interface IdleTimeoutPorts extends Pick<SessionPorts, 'after'> {
  /** Where the wall-clock time of the last sign of the user is shared between tabs. */
  readonly lastActive: TokenStore;
  /** Epoch ms. */
  wall(): number;
  /** Calls back at every sign of the user in this tab. Returns how to stop. */
  onActivity(active: () => void): () => void;
}

/** How often at most a sign of the user is written down. */
const noteEveryMs = 1000;

/**
 * Ends the session of a user who is not there. Tabs share what they see of the user, so working in one keeps the others
 * signed in; a page opened after the time has run out ends the session that it finds.
 */
export class IdleTimeout {
  private readonly stops: (() => void)[];
  private cancelTimer = (): void => undefined;
  private countingDown = false;
  private notedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly session: Session,
    private readonly options: IdleTimeoutOptions,
    private readonly ports: IdleTimeoutPorts,
  ) {
    checkOptions(options, idleTimeoutRules);
    this.stops = [
      ports.onActivity(() => this.active()),
      ports.lastActive.watch?.(() => this.look()) ?? (() => undefined),
      session.subscribe(({ event }) => {
        if (event.type === 'logged-in') this.note();
        if (event.type === 'logged-in' || event.type === 'adopted' || !isLoggedIn(session.state)) this.look();
      }),
    ];
    this.look();
  }

  /** The user is there, though the page cannot see it: while a film is playing, say. */
  active(): void {
    const { state } = this.session;
    if (this.ports.wall() - this.notedAt < noteEveryMs || !isLoggedIn(state)) return;
    if (this.leftMs(state) > 0) this.note();
    this.look();
  }

  /** Stops watching. The session goes on. */
  dispose(): void {
    this.cancelTimer();
    for (const stop of this.stops.splice(0)) stop();
  }

  private note(): void {
    this.notedAt = this.ports.wall();
    this.ports.lastActive.write(String(this.notedAt));
  }

  private look(): void {
    this.cancelTimer();
    const { state } = this.session;
    const leftMs = isLoggedIn(state) ? this.leftMs(state) : undefined;
    const countdownMs = (this.options.countdownSeconds ?? 60) * 1000;
    const counting = leftMs !== undefined && leftMs > 0 && leftMs <= countdownMs;
    this.countDown(counting ? Math.ceil(leftMs / 1000) : undefined);
    if (leftMs === undefined) return;
    if (leftMs <= 0) {
      this.session.logOut('idle');
      return;
    }
    const nextMs = counting ? leftMs % 1000 || 1000 : leftMs - countdownMs;
    this.cancelTimer = this.ports.after(Math.min(nextMs, longestDelayMs), () => this.look());
  }

  private countDown(secondsLeft: number | undefined): void {
    if (secondsLeft === undefined && !this.countingDown) return;
    this.countingDown = secondsLeft !== undefined;
    this.options.onCountdown?.(secondsLeft);
  }

  /**
   * The login is a sign of the user, too: the one that another tab wrote down may come after its session. A last sign in the future, or
   * none, says nothing: the time then runs from now.
   */
  private leftMs({ epoch }: SessionVersion): number {
    const now = this.ports.wall();
    const noted = Number(this.ports.lastActive.read() ?? Number.NaN);
    if (!(noted <= now)) this.note();
    const last = noted <= now ? Math.max(noted, epoch <= now ? Math.floor(epoch) : 0) : now;
    return last + this.options.timeoutSeconds * 1000 - now;
  }
}
