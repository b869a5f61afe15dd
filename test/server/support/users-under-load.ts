import { setTimeout as wait } from 'node:timers/promises';
import type { Call, SessionServer } from './session-server.js';

/** What users saw while processes were killed. */
export interface Experience {
  /** Completed logins, refreshes and revocations. */
  readonly acknowledged: number;
  /** Requests that failed and were retried. */
  readonly repeated: number;
  /** Sessions that a response had confirmed, and that could not be refreshed. */
  readonly lost: number;
  /** Sessions that could be refreshed after "log out everywhere" was confirmed. */
  readonly missed: number;
}

/** Users who log in, refresh and log out everywhere, until they are stopped. */
export class UsersUnderLoad {
  private seen = { acknowledged: 0, repeated: 0, lost: 0, missed: 0 };
  private isStopped = false;
  private readonly users: Promise<void>[];

  constructor(
    private readonly server: SessionServer,
    count: number,
  ) {
    this.users = Array.from({ length: count }, (_, user) => this.use(`user ${user}`));
  }

  get acknowledged(): number {
    return this.seen.acknowledged;
  }

  async stop(): Promise<Experience> {
    this.isStopped = true;
    await Promise.all(this.users);
    return this.seen;
  }

  private async use(sub: string): Promise<void> {
    let [phone, desk] = await this.logIn(sub);
    for (let step = 1; !this.isStopped; step++) {
      phone = await this.refreshed(phone, sub);
      desk = await this.refreshed(desk, sub);
      if (step % 7 !== 0) continue;
      await this.confirmed('revokeAll', sub);
      for (const token of [phone, desk]) if ('value' in (await this.response('refresh', token))) this.seen.missed += 1;
      [phone, desk] = await this.logIn(sub);
    }
    for (const token of [phone, desk]) await this.refreshed(token, sub);
  }

  private async logIn(sub: string): Promise<[string, string]> {
    return [await this.confirmed('issue', sub), await this.confirmed('issue', sub)];
  }

  private async refreshed(token: string, sub: string): Promise<string> {
    const response = await this.response('refresh', token);
    if ('value' in response) return response.value;
    this.seen.lost += 1;
    return this.confirmed('issue', sub);
  }

  private async confirmed(operation: Call['operation'], argument: string): Promise<string> {
    const response = await this.response(operation, argument);
    if ('error' in response) throw new Error(`${operation}: ${response.error}`);
    return response.value;
  }

  /** Retries a request until a response arrives, as clients do after 503 and after a lost connection. */
  private async response(
    operation: Call['operation'],
    argument: string,
  ): Promise<{ value: string } | { error: string }> {
    for (;;) {
      const response = await this.server.call(operation, argument);
      if (!('error' in response && ['unavailable', 'temporarily_unavailable'].includes(response.error))) {
        this.seen.acknowledged += 1;
        return response;
      }
      this.seen.repeated += 1;
      await wait(20);
    }
  }
}

/** Kills something several times under the load of users. Waits for `requests` confirmed requests between the kills. */
export async function disturbed(
  server: SessionServer,
  kill: () => Promise<void>,
  { kills, users, requests }: { readonly kills: number; readonly users: number; readonly requests: number },
): Promise<Experience> {
  const load = new UsersUnderLoad(server, users);
  for (let count = 0; count < kills; count++) {
    const enough = load.acknowledged + requests;
    while (load.acknowledged < enough) await wait(5);
    await kill();
  }
  const enough = load.acknowledged + requests;
  while (load.acknowledged < enough) await wait(5);
  return load.stop();
}
