import { checkOptions, type OptionKinds } from './check-options.js';
import type { Session } from './session.js';
import type { SessionPorts } from './session-ports.js';
import { isLoggedIn, type SessionVersion } from './session-state.js';
import type { TokenStore } from './token-store.js';
import { longestDelayMs } from './wake-timer.js';

/** When a user counts as inactive. */
export interface IdleTimeoutOptions {
  /** Seconds without user activity, in all tabs, after which the session ends. */
  readonly timeoutSeconds: number;
  /**
   * Seconds before that at which {@link IdleTimeoutOptions.onCountdown} begins.
   * @default 60
   */
  readonly countdownSeconds?: number;
  /** Called every second of the countdown with the seconds left, and once with `undefined` when the user is active again. */
  readonly onCountdown?: ((secondsLeft: number | undefined) => void) | undefined;
}

const idleTimeoutKinds: OptionKinds = {
  timeoutSeconds: 'seconds, required',
  countdownSeconds: 'seconds',
  onCountdown: 'function',
};

/** What {@link IdleTimeout} needs from its environment. `idleTimeoutPorts()` returns the real ones. */
export interface IdleTimeoutPorts extends Pick<SessionPorts, 'after'> {
  /** Keeps the wall-clock time of the last activity, for all tabs. */
  readonly lastActive: TokenStore;
  /** Epoch ms. */
  wall(): number;
  /** Calls `active` on user activity in this tab. Returns a function that stops it. */
  onActivity(active: () => void): () => void;
}

/** Minimum time between two writes of the last activity. */
const noteEveryMs = 1000;

/**
 * Ends the session of an inactive user. Activity in one tab keeps all tabs signed in. A page that is opened after the time has run
 * out ends the stored session.
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
    checkOptions(options, idleTimeoutKinds);
    this.stops = [
      ports.onActivity(() => this.active()),
      ports.lastActive.watch?.(() => this.look()) || (() => undefined),
      session.subscribe(({ event }) => {
        if (event.type === 'logged-in') this.note();
        if (event.type === 'logged-in' || event.type === 'adopted' || !isLoggedIn(session.state)) this.look();
      }),
    ];
    this.look();
  }

  /** Reports activity that the page does not notice, such as a video that is playing. */
  active(): void {
    const { state } = this.session;
    if (this.ports.wall() - this.notedAt < noteEveryMs || !isLoggedIn(state)) return;
    if (this.leftMs(state) > 0) this.note();
    this.look();
  }

  /** Stops watching. The session is kept. */
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
   * A login is activity too: the time that another tab wrote may arrive after its session. If the last activity is in the future, or
   * unknown, the time runs from now.
   */
  private leftMs({ epoch }: SessionVersion): number {
    const now = this.ports.wall();
    const noted = Number(this.ports.lastActive.read());
    if (!(noted <= now)) this.note();
    const last = noted <= now ? Math.max(noted, epoch <= now ? Math.floor(epoch) : 0) : now;
    return last + this.options.timeoutSeconds * 1000 - now;
  }
}
