import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Work, WorkOutcome } from './steered-page.js';

/**
 * Runs functions in a page of a browser that no driver controls: the page polls this server for work. The browser is
 * then as a user has it, with persistent storage and several processes.
 *
 * Each page has a server of its own, since WebKit opens at most six connections to one host and port, for all tabs together.
 */
export class Steering {
  private readonly work: Work[] = [];
  private readonly unsettled = new Map<number, (outcome: WorkOutcome) => void>();
  private poll: ServerResponse | undefined;
  private received = 0;
  private assigned = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.handle(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<Steering> {
    const server = createServer();
    server.keepAliveTimeout = 60_000;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Steering(server);
  }

  /** Appended to the address of a page whose script knows it, this lets the page be steered from here. */
  get hash(): string {
    return `#steered-by=http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Runs a function in the page; argument and result are plain data. Waits until the page is there. */
  evaluate<A, R>(code: (argument: A) => R, argument: A): Promise<Awaited<R>>;
  evaluate<R>(code: () => R): Promise<Awaited<R>>;
  evaluate(code: (argument: never) => unknown, argument?: unknown): Promise<unknown> {
    const number = ++this.assigned;
    return new Promise((resolve, reject) => {
      this.unsettled.set(number, outcome => {
        if ('error' in outcome) reject(new Error(`In the page: ${outcome.error}`));
        else resolve(outcome.value);
      });
      this.work.push({ number, code: String(code), argument });
      this.hand();
    });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (pathname === '/next') {
      const received = Number(searchParams.get('received'));
      if (received < this.received) this.lose(this.received);
      this.received = received;
      this.poll = response;
      response.on('close', () => {
        if (this.poll === response) this.poll = undefined;
      });
      this.hand();
    } else {
      const outcome = JSON.parse(await text(request)) as WorkOutcome;
      response.end();
      const number = Number(searchParams.get('number'));
      this.unsettled.get(number)?.(outcome);
      this.unsettled.delete(number);
    }
  }

  /** A new page has come: what the page before it received up to this number has no outcome. */
  private lose(upTo: number): void {
    for (const [number, settle] of this.unsettled) {
      if (number > upTo) continue;
      this.unsettled.delete(number);
      settle({ error: 'The page was left.' });
    }
  }

  /** Hands out the first work that did not arrive yet; a response that was lost is repeated at the next poll. */
  private hand(): void {
    while (this.work[0] && this.work[0].number <= this.received) this.work.shift();
    const [work] = this.work;
    if (!work || !this.poll) return;
    const { poll } = this;
    this.poll = undefined;
    poll.end(JSON.stringify(work));
  }
}
