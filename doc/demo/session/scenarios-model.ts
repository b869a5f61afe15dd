import type { Bearer, Session } from 'aurelia-auth-refresh/core';
import type { AuthDevtools } from 'aurelia-auth-refresh/devtools';
import { isFirstVisit } from './first-visit.js';

const outageSeconds = 20;
const burstSize = 100;
const tickMs = 250;
/** Shorter than the pause between two loads of the list, so that only one request meets the revoked token. */
const storyPauseMs = 800;

/** The responses to requests that were sent at once. */
export interface Burst {
  readonly succeeded: number;
  readonly unauthorized: number;
}

/** Requests that disturb the session. */
interface Scenarios {
  takeDown(seconds: number): Promise<number>;
  outage(): Promise<number>;
  revokeSession(): Promise<void>;
  revokeAccessToken(): Promise<void>;
  burst(count: number): Promise<Burst>;
}

/** The view-model of the session panel in both demos: `<auth-devtools>`, and scenarios that disturb the session. */
export class ScenariosModel {
  isSignedIn = false;
  /** Seconds until the refresh endpoint is available again. */
  outageLeft = 0;
  outcome = '';

  // Set by the view.
  devtools!: AuthDevtools;

  private outageUntil = 0;
  private timer: number | undefined;
  private stopListening = (): void => undefined;

  constructor(
    readonly session: Session,
    readonly bearer: Bearer,
    private readonly scenarios: Scenarios,
    private readonly api: { list(): Promise<unknown> },
  ) {}

  attached(): void {
    this.noteState();
    this.stopListening = this.session.subscribe(({ event }) => {
      this.noteState();
      if (event.type === 'logged-in') this.outcome = '';
    });
    this.scenarios.outage().then(
      ms => this.outageKnown(ms),
      () => undefined,
    );
    this.tick();
    if (isFirstVisit() && this.isSignedIn) void this.tellStory();
  }

  detached(): void {
    this.stopListening();
    clearTimeout(this.timer);
  }

  burst(): Promise<void> {
    return this.start(this.isSignedIn, async () => {
      const { succeeded, unauthorized } = await this.scenarios.burst(burstSize);
      const failed = burstSize - succeeded - unauthorized;
      return `${succeeded} of ${burstSize} succeeded, ${unauthorized} with a 401${failed ? `, ${failed} failed` : ''}.`;
    });
  }

  revokeAccessToken(): Promise<void> {
    return this.start(this.isSignedIn, async () => {
      await this.scenarios.revokeAccessToken();
      await this.api.list();
      return 'The next request received a 401, was replayed with a new token, and succeeded.';
    });
  }

  takeDown(): Promise<void> {
    return this.start(this.outageLeft === 0, async () => {
      this.outageKnown(await this.scenarios.takeDown(outageSeconds));
      return 'The refresh endpoint responds with 503 until the countdown ends.';
    });
  }

  revokeSession(): Promise<void> {
    return this.start(this.isSignedIn, async () => {
      await this.scenarios.revokeSession();
      return 'The server revoked this session. It ends with the next refresh.';
    });
  }

  /** Shows what the page is about: the timeline of a first visit is not empty. */
  private async tellStory(): Promise<void> {
    await this.burst();
    await new Promise(resolve => setTimeout(resolve, storyPauseMs));
    await this.revokeAccessToken();
    this.outcome = '100 requests at once, then a revoked access token: a 401, a refresh, a replay.';
  }

  /** A scenario that is not possible now does nothing. Its button stays enabled, because a disabled button loses the focus. */
  private async start(isPossible: boolean, scenario: () => Promise<string>): Promise<void> {
    if (!isPossible) return;
    this.outcome = '';
    try {
      this.outcome = await scenario();
    } catch {
      this.outcome = 'The scenario failed. The state above shows the reason.';
    }
  }

  private outageKnown(durationMs: number): void {
    if (durationMs === 0) return;
    this.outageUntil = this.session.now() + durationMs;
    this.devtools.markOutage(durationMs);
    this.countDown();
  }

  private noteState(): void {
    this.isSignedIn = 'tokens' in this.session.state;
  }

  private tick(): void {
    this.countDown();
    this.timer = window.setTimeout(() => this.tick(), tickMs);
  }

  private countDown(): void {
    const left = Math.max(0, Math.ceil((this.outageUntil - this.session.now()) / 1000));
    if (this.outageLeft > 0 && left === 0) this.outcome = 'The refresh endpoint is available again.';
    this.outageLeft = left;
  }
}

/** Sends requests at once, and counts their responses. */
export async function burstOf(count: number, send: () => Promise<unknown>): Promise<Burst> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, () => send()));
  const isUnauthorized = (outcome: PromiseSettledResult<unknown>) =>
    outcome.status === 'rejected' && outcome.reason instanceof Response && outcome.reason.status === 401;
  return {
    succeeded: outcomes.filter(({ status }) => status === 'fulfilled').length,
    unauthorized: outcomes.filter(isUnauthorized).length,
  };
}
