import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Call {
  readonly id: number;
  readonly operation: 'issue' | 'refresh' | 'revokeAll';
  readonly argument: string;
}

export type Reply = { readonly id: number; readonly value: string } | { readonly id: number; readonly error: string };

type Settle = (reply: { readonly value: string } | { readonly error: string }) => void;

/** A server process that can be killed. Its pending requests are `unavailable`. */
export class SessionServer {
  private readonly waiting = new Map<number, Settle>();
  private calls = 0;
  private child: ChildProcess | undefined;

  private constructor(private readonly address: string) {}

  static async start(address: string): Promise<SessionServer> {
    const server = new SessionServer(address);
    await server.start();
    return server;
  }

  call(operation: Call['operation'], argument: string): Promise<{ value: string } | { error: string }> {
    const { child } = this;
    if (child === undefined) return Promise.resolve({ error: 'unavailable' });
    const id = this.calls++;
    return new Promise(resolve => {
      this.waiting.set(id, resolve);
      child.send({ id, operation, argument } satisfies Call, () => undefined);
    });
  }

  /** Kills the process with `SIGKILL` and starts another one. */
  async killAndRestart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    for (const settle of this.waiting.values()) settle({ error: 'unavailable' });
    this.waiting.clear();
  }

  private async start(): Promise<void> {
    const child = fork(new URL('session-process.ts', import.meta.url), [this.address], {
      execArgv: ['--import', 'tsx'],
    });
    await once(child, 'message');
    child.on('message', (reply: Reply) => {
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
    });
    this.child = child;
  }
}
