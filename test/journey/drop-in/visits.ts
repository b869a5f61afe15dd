import { type Browser, type BrowserContext, chromium as launcher } from 'playwright-core';
import { chromium, chromiumFlags } from '../../support/browsers.mjs';
import { builtApp, type LibraryName } from './build-app.js';
import { OrdersServer, type OrdersServerOptions } from './orders-server.js';
import { ThirdParty } from './third-party.js';
import { standIn, Visit } from './visit.js';

export interface VisitOptions extends Omit<OrdersServerOptions, 'thirdParty'> {
  /** @default 'aurelia-auth-refresh' */
  readonly library?: LibraryName;
  /** Start of the visit: path and fragment. */
  readonly at?: string;
}

/** A host that the browser does not treat as loopback. */
const intranet = 'intranet.example';
const args = [...chromiumFlags, `--host-resolver-rules=MAP ${intranet} 127.0.0.1`];

/** One Chromium and one third party for the specs of a suite; a server and a browser profile for each spec. */
export class VisitsForSpecs {
  private browser!: Browser;
  private party!: ThirdParty;
  private started: OrdersServer | undefined;
  private opened: BrowserContext | undefined;

  constructor(...libraries: readonly LibraryName[]) {
    beforeAll(async () => {
      for (const library of libraries) await builtApp(library);
      this.browser = await launcher.launch({ executablePath: chromium() ?? '', args });
      this.party = await ThirdParty.start();
    }, 180_000);
    afterEach(() => this.leave());
    afterAll(async () => {
      await this.browser?.close();
      await this.party?.close();
    });
  }

  get thirdParty(): ThirdParty {
    return this.party;
  }

  get server(): OrdersServer {
    if (!this.started) throw new Error('There was no visit yet.');
    return this.started;
  }

  /** Serves the application, built with one of the libraries, and opens it in a new browser profile. */
  async begin({ library = 'aurelia-auth-refresh', at = '/', ...options }: VisitOptions = {}): Promise<Visit> {
    this.started = await OrdersServer.start({ ...options, thirdParty: this.party.origin });
    await this.deploy(library);
    this.opened = await this.browser.newContext();
    await standIn(this.opened, 'https://www.facebook.com', this.party);
    return this.another(at);
  }

  /** Opens the application in another tab. */
  another(at: string): Promise<Visit> {
    return this.open(this.server.origin + at);
  }

  /** Opens the application as if it were served in an intranet, over plain `http:`. */
  anotherOfIntranet(at: string): Promise<Visit> {
    return this.open(this.server.origin.replace('localhost', intranet) + at);
  }

  /** From now on, serves the application as built with another library. */
  async deploy(library: LibraryName): Promise<void> {
    this.server.folder = (await builtApp(library)).folder;
  }

  async leave(): Promise<void> {
    await this.opened?.close();
    await this.started?.close();
    this.opened = this.started = undefined;
  }

  private open(address: string): Promise<Visit> {
    if (!this.opened) throw new Error('There was no visit yet.');
    return Visit.begin(this.opened, address);
  }
}
