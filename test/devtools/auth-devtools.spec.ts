import { Bearer, protectedUrls, Session, type SessionOptions, type SessionPorts } from 'aurelia-auth-refresh/core';
import { type AuthDevtools, defineAuthDevtools } from 'aurelia-auth-refresh/devtools';
import { FakeTokenServer, TestBrowser, TestClock } from 'aurelia-auth-refresh/testing';

const api = 'https://api.example/orders';

interface Shown {
  readonly devtools: AuthDevtools;
  readonly session: Session;
  readonly bearer: Bearer;
  readonly server: FakeTokenServer;
  readonly clock: TestClock;
  readonly ports: SessionPorts;
  /** A second tab of the same user. */
  readonly otherTab: () => Session;
}

const shownElements: Element[] = [];

function setUp(options: SessionOptions = {}): Omit<Shown, 'devtools'> {
  const clock = new TestClock();
  const server = new FakeTokenServer({ clock });
  const browser = new TestBrowser({ clock, fetch: server.fetch });
  const open = (ports: SessionPorts) => new Session({ refresh: { url: '/auth/login' }, ...options }, ports);
  const { ports } = browser.openTab();
  const session = open(ports);
  const bearer = new Bearer(session, { protects: protectedUrls([api], 'https://app.example/'), fetch: server.fetch });
  return { session, bearer, server, clock, ports, otherTab: () => open(browser.openTab().ports) };
}

function show(properties: Partial<AuthDevtools>, attributes: readonly string[] = []): AuthDevtools {
  defineAuthDevtools();
  const devtools = document.createElement('auth-devtools');
  for (const name of attributes) devtools.toggleAttribute(name, true);
  Object.assign(devtools, properties);
  document.body.append(devtools);
  shownElements.push(devtools);
  return devtools;
}

function signedIn(properties: Partial<AuthDevtools> = {}, options: SessionOptions = {}): Shown {
  const all = setUp(options);
  all.session.logIn(all.server.logIn());
  const devtools = show({ session: all.session, bearer: all.bearer, server: all.server, ...properties });
  return { ...all, devtools };
}

function part<T extends Element>({ shadowRoot }: Element, selector: string): T {
  return shadowRoot?.querySelector(selector) as T;
}

function text(devtools: Element, selector: string): string {
  return part(devtools, selector).textContent ?? '';
}

function figure({ shadowRoot }: Element, label: string): string | null | undefined {
  const row = [...(shadowRoot?.querySelectorAll('.figures div') ?? [])].find(one => one.textContent?.includes(label));
  return row?.querySelector('dd')?.textContent;
}

function press(devtools: Element, name: string): void {
  part<HTMLButtonElement>(devtools, `button.${name}`).click();
}

/** Expects that the panel, which is drawn ten times a second, shows something soon. */
async function shows(what: () => unknown): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!what() && performance.now() < deadline) await new Promise(resolve => setTimeout(resolve, 10));
  expect(what()).withContext(`${what}`).toBeTruthy();
}

describe('<auth-devtools>', () => {
  afterEach(() => {
    for (const element of shownElements.splice(0)) element.remove();
  });

  it('shows the state, the time left and the next refresh', async () => {
    const { devtools, clock } = signedIn();
    await clock.advance(20_000);
    await shows(() => text(devtools, '.token-left') === '40.0 s left');
    expect(text(devtools, '.status-title')).toBe('Signed in');
    expect(text(devtools, '.status-detail')).toBe('Next refresh in 34 s.');
  });

  it('shows no next refresh of a session that is not refreshed automatically', async () => {
    const { devtools, clock } = signedIn({}, { automatic: false });
    await clock.advance(20_000);
    await shows(() => text(devtools, '.token-left') === '40.0 s left');
    expect(text(devtools, '.status-detail')).toBe('Not refreshed automatically. The access token expires in 40 s.');
    expect(part<HTMLElement>(devtools, '.margin').hidden).toBe(true);
  });

  it('shows the next refresh of a session with its refresh token in a cookie', async () => {
    const all = setUp({ refresh: { url: '/auth/login', refreshTokenIn: 'cookie' } });
    all.session.logIn({ ...all.server.logIn(), refresh_token: undefined });
    const devtools = show({ session: all.session });
    await shows(() => text(devtools, '.status-detail') === 'Next refresh in 54 s.');
    expect(part<HTMLElement>(devtools, '.margin').hidden).toBe(false);
  });

  it('shows that a failed refresh is not retried by a session that is not refreshed automatically', async () => {
    const { devtools, server, session } = signedIn({}, { automatic: false });
    server.fail({ status: 503, headers: { 'Retry-After': '30' } });
    await expectAsync(session.updateToken()).toBeRejected();
    await shows(() => text(devtools, '.status-title') === 'Refresh failed');
    expect(text(devtools, '.status-detail')).toBe('Not refreshed automatically. The access token expires in 60 s.');
  });

  it('shows why the session has ended', async () => {
    const { devtools, server, session } = signedIn();
    server.revoke();
    await expectAsync(session.updateToken()).toBeRejected();
    await shows(() => text(devtools, '.status-title') === 'Signed out');
    expect(text(devtools, '.status-detail')).toBe('The server refused the refresh token. Reason: refused.');
    expect(part(devtools, '.status').className).toBe('status is-bad');
  });

  it('shows when a failed refresh is retried', async () => {
    const { devtools, server, session } = signedIn();
    server.fail({ status: 503, headers: { 'Retry-After': '30' } });
    await expectAsync(session.updateToken()).toBeRejected();
    await shows(() => text(devtools, '.status-title') === 'Waiting for the server');
    expect(text(devtools, '.status-detail')).toContain('in 30 s');
  });

  it('counts requests, waits, refreshes, 401s and replays, also after the user signs in again', async () => {
    const { devtools, bearer, clock, session, server } = signedIn();
    await clock.sleep(61_000);
    await Promise.all([bearer.fetch(api), bearer.fetch(api)]);
    await clock.advance(1000);
    server.expireAccess();
    await bearer.fetch(api);
    await shows(() => figure(devtools, 'Responses') === '3');
    expect(figure(devtools, 'Waited')).toBe('2');
    expect(figure(devtools, 'Refreshes')).toBe('2');
    expect(figure(devtools, 'Replayed')).toBe('1');
    expect(figure(devtools, '401 responses')).toBe('0');
    session.logOut();
    session.logIn(server.logIn());
    await session.updateToken();
    await shows(() => figure(devtools, 'Refreshes') === '3');
  });

  it('describes what happened as text', async () => {
    const { devtools, bearer, clock, server } = signedIn();
    await clock.sleep(61_000);
    await bearer.fetch(api, { method: 'POST' });
    await clock.advance(1000);
    server.expireAccess();
    await bearer.fetch(api);
    const details = part<HTMLDetailsElement>(devtools, 'details');
    details.open = true;
    await shows(() => details.querySelectorAll('li').length >= 6);
    const words = [...details.querySelectorAll('li')].map(({ lastChild }) => lastChild?.textContent?.trim());
    expect(words).toEqual([
      'the rejected request was replayed with a new token',
      'refreshed',
      '401: the server rejected the access token',
      'GET /orders: 200',
      'refreshed',
      'a request waited 0.0 s for a fresh token',
      'POST /orders: 200',
    ]);
    expect(part(devtools, '.chart').getAttribute('aria-label')).toBe(
      'The last two minutes: 2 refreshes, 2 responses, 1 request waited for a fresh token, 1 token rejected by the server, ' +
        '1 request replayed.',
    );
  });

  it('draws a 401 and its replay in a lane of their own, and shows counts of nearby bursts as their sum', async () => {
    const { devtools, bearer, clock, server } = signedIn();
    const burst = () => Promise.all(Array.from({ length: 100 }, () => bearer.fetch(api)));
    await burst();
    await clock.advance(1000);
    server.expireAccess();
    await bearer.fetch(api);
    await burst();
    const texts = () => [...(devtools.shadowRoot?.querySelectorAll('.chart text') ?? [])].map(one => one.textContent);
    await shows(() => texts().includes('×201') && part(devtools, '.chart .replayed'));
    const at = (selector: string) => part(devtools, selector).getBoundingClientRect();
    expect(at('.chart .rejected').top).toBeGreaterThan(at('.chart .responded').bottom);
    expect(texts().filter(one => one?.startsWith('×')).length).toBe(1);
  });

  it('draws a token that is older than the timeline, and forgets older requests', async () => {
    const { devtools, bearer, clock, session, server } = signedIn();
    const { access_token: accessToken } = server.logIn();
    session.logIn({ access_token: accessToken, refresh_token: 'rt-1-0', expires_in: 3600 });
    await bearer.fetch(api);
    await shows(() => part(devtools, '.chart .responded'));
    await clock.sleep(300_000);
    await shows(() => !part(devtools, '.chart .responded'));
    expect(part<SVGRectElement>(devtools, '.chart .token').getBoundingClientRect().left).toBeLessThan(
      part(devtools, '.chart').getBoundingClientRect().left,
    );
  });

  it('shows refreshes and the end of the session by another tab', async () => {
    const { devtools, clock, otherTab } = signedIn();
    const other = otherTab();
    await clock.advance(100);
    await Promise.all([other.updateToken(), clock.advance(100)]);
    await shows(() => devtools.shadowRoot?.querySelector('.chart .elsewhere'));
    expect(figure(devtools, 'Refreshes')).toBe('1');
    other.logOut();
    await clock.advance(100);
    await shows(() => text(devtools, '.status-detail').includes('Reason: other_tab'));
  });

  it('shows no token anywhere, and reports without tokens', async () => {
    const { devtools, bearer, session } = signedIn();
    await bearer.fetch(api);
    for (const details of devtools.shadowRoot?.querySelectorAll('details') ?? []) details.open = true;
    await shows(() => text(devtools, 'pre').includes('"status": "logged-in"'));
    const { tokens } = session.state as { tokens: { accessToken: string; refreshToken: string } };
    const everything = devtools.shadowRoot?.innerHTML ?? '';
    expect(everything).toContain('/orders');
    expect(everything).not.toContain(tokens.accessToken);
    expect(everything).not.toContain(tokens.refreshToken);
  });

  it('copies the report, and selects it without access to the clipboard', async () => {
    const { devtools } = signedIn();
    const clipboard = jasmine.createSpyObj<Clipboard>('clipboard', { writeText: Promise.resolve() });
    const access = spyOnProperty(navigator, 'clipboard').and.returnValue(clipboard);
    press(devtools, 'copy');
    await shows(() => text(devtools, '.outcome').includes('clipboard'));
    expect(JSON.parse(clipboard.writeText.calls.first().args[0]).status).toBe('logged-in');
    access.and.returnValue(undefined as never);
    press(devtools, 'copy');
    await shows(() => text(devtools, '.outcome').includes('selected'));
    expect(part<HTMLDetailsElement>(devtools, 'details:last-of-type').open).toBeTrue();
  });

  it('refreshes, expires the access token, and signs out', async () => {
    const { devtools, bearer, server, session, clock } = signedIn();
    press(devtools, 'refresh');
    await shows(() => text(devtools, '.outcome') === 'Refreshed early.');
    await clock.advance(1000);
    press(devtools, 'expire');
    await shows(() => text(devtools, '.outcome').includes('rejects the access token'));
    expect((await bearer.fetch(api)).status).toBe(200);
    expect(server.calls.map(({ status }) => status)).toEqual([401, 200]);
    expect(server.refreshes.length).toBe(2);
    press(devtools, 'sign-out');
    expect(session.state.status).toBe('logged-out');
  });

  it('expires the access token of the session if no fake server is set', async () => {
    const { devtools, server } = signedIn({ server: undefined });
    press(devtools, 'expire');
    await shows(() => text(devtools, '.outcome').includes('as after a 401'));
    expect(server.refreshes.length).toBe(1);
    expect(part<HTMLElement>(devtools, '.offline').hidden).toBeTrue();
  });

  it('goes offline and online with the fake server, and shows the outage', async () => {
    const { devtools, bearer, server } = signedIn();
    press(devtools, 'offline');
    await expectAsync(bearer.fetch(api)).toBeRejectedWithError(TypeError);
    await shows(() => devtools.shadowRoot?.querySelector('.chart .failed'));
    expect(part(devtools, '.offline').getAttribute('aria-pressed')).toBe('true');
    expect(part(devtools, '.chart .outage')).not.toBeNull();
    press(devtools, 'offline');
    await shows(() => text(devtools, '.outcome') === 'Online again.');
    expect((await server.fetch(api)).status).toBe(401);
  });

  it('marks an outage that the app knows of', async () => {
    const { devtools } = signedIn();
    devtools.markOutage(5000);
    await shows(() => devtools.shadowRoot?.querySelector('.chart .outage'));
    expect(part<SVGRectElement>(devtools, '.chart .outage').width.baseVal.value).toBeGreaterThan(3);
  });

  it('shows the message of an action that fails', async () => {
    const { devtools, server } = signedIn();
    server.fail({ status: 503 });
    press(devtools, 'refresh');
    await shows(() => text(devtools, '.outcome').startsWith('Failed: '));
  });

  it('removes the outcome of the last action when a user signs in', async () => {
    const { devtools, server, session } = signedIn();
    press(devtools, 'refresh');
    await shows(() => text(devtools, '.outcome') === 'Refreshed early.');
    session.logIn(server.logIn());
    expect(text(devtools, '.outcome')).toBe('');
  });

  it('keeps the focus on its buttons while no user is signed in, when they do nothing', async () => {
    const { devtools, server, session } = signedIn();
    const button = part<HTMLButtonElement>(devtools, 'button.refresh');
    button.focus();
    session.logOut();
    await shows(() => button.getAttribute('aria-disabled') === 'true');
    expect(devtools.shadowRoot?.activeElement).toBe(button);
    button.click();
    expect(server.refreshes.length).toBe(0);
    expect(text(devtools, '.outcome')).toBe('');
  });

  it('opens and closes in the corner of the page', async () => {
    const { session } = setUp();
    const devtools = show({ session }, ['floating']);
    await shows(() => part<HTMLElement>(devtools, '.body').hidden);
    expect(text(devtools, '.status-title')).toBe('Signed out');
    press(devtools, 'toggle');
    await shows(() => !part<HTMLElement>(devtools, '.body').hidden);
    expect(part(devtools, '.toggle').getAttribute('aria-expanded')).toBe('true');
    press(devtools, 'toggle');
    await shows(() => part<HTMLElement>(devtools, '.body').hidden);
  });

  it('says what is missing without a session', async () => {
    const devtools = show({});
    await shows(() => text(devtools, '.status-title') === 'No session');
    press(devtools, 'refresh');
    expect(text(devtools, '.outcome')).toBe('');
  });

  it('uses properties that were set before the element was defined', async () => {
    const { session, bearer, server } = setUp();
    session.logIn(server.logIn());
    const devtools = show({});
    devtools.remove();
    for (const [name, value] of Object.entries({ session, bearer }))
      Object.defineProperty(devtools, name, { value, configurable: true });
    document.body.append(devtools);
    await shows(() => text(devtools, '.status-title') === 'Signed in');
    expect(devtools.session).toBe(session);
    await bearer.fetch(api);
    await shows(() => figure(devtools, 'Responses') === '1');
  });

  it('shows another session from then on', async () => {
    const first = signedIn();
    const { devtools } = first;
    await first.bearer.fetch(api);
    await shows(() => figure(devtools, 'Responses') === '1');
    const second = setUp();
    devtools.session = second.session;
    devtools.bearer = second.bearer;
    await shows(() => figure(devtools, 'Responses') === '0');
    await first.bearer.fetch(api);
    second.session.logIn(second.server.logIn());
    await second.bearer.fetch(api);
    await second.bearer.fetch(api);
    await shows(() => figure(devtools, 'Responses') === '2');
  });

  it('stops listening when it is removed, and resumes when it is added again', async () => {
    const { devtools, bearer } = signedIn();
    await bearer.fetch(api);
    await shows(() => figure(devtools, 'Responses') === '1');
    devtools.remove();
    await bearer.fetch(api);
    document.body.append(devtools);
    await bearer.fetch(api);
    await shows(() => figure(devtools, 'Responses') === '2');
  });

  it('adds its styles with the nonce of the element in a browser without constructable style sheets', async () => {
    const { replaceSync } = CSSStyleSheet.prototype;
    Reflect.deleteProperty(CSSStyleSheet.prototype, 'replaceSync');
    try {
      const { session } = setUp();
      const devtools = show({ session, nonce: 'n0nce' });
      expect(part<HTMLStyleElement>(devtools, 'style').nonce).toBe('n0nce');
      expect(getComputedStyle(part(devtools, '.figures')).display).toBe('grid');
    } finally {
      CSSStyleSheet.prototype.replaceSync = replaceSync;
    }
  });
});
