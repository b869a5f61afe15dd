import { Order } from '../../doc/guides/keep-the-page/order.js';
import { SignInAgain } from '../../doc/guides/keep-the-page/sign-in-again.js';
import { settled } from '../../src/testing.js';
import { type TestApp, testApp, testBrowser } from './support/test-app.js';
import { json, TestServer } from './support/test-server.js';

const ann = { email: 'ann', password: 'secret' };

interface Tab extends TestApp {
  readonly order: Order;
  readonly signInAgain: SignInAgain;
  readonly dialog: HTMLDialogElement;
}

describe('the guide to keeping the user on the page', () => {
  let server: TestServer;
  let app: Tab;
  let dialogs: HTMLDialogElement[];

  beforeEach(async () => {
    dialogs = [];
    server = new TestServer();
    server.on('POST /auth/login', ({ body }) => json(tokensOf((JSON.parse(body) as typeof ann).email)));
    server.on('POST /refresh', () => new Response('{"error":"invalid_grant"}', { status: 400 }));
    server.on(
      'POST /orders',
      ({ headers }) => new Response('{}', { status: headers.has('Authorization') ? 200 : 401 }),
    );
    app = tab();
    await app.authService.login(ann);
    app.order.text = 'Twelve eggs';
  });

  afterEach(() => {
    app.signInAgain.detached();
    for (const dialog of dialogs) dialog.remove();
  });

  it('opens a modal dialog when the refresh is refused, and sends the save once after the sign-in', async () => {
    await app.clock.sleep(600_000);
    const saving = app.order.save();
    await settled();
    expect(app.dialog.open).toBeTrue();
    expect(app.dialog.matches(':modal')).toBeTrue();
    expect(app.signInAgain.parked.count).toBe(1);
    expect(app.page.visited).toEqual([]);

    Object.assign(app.signInAgain, ann);
    await app.signInAgain.submit();
    await saving;
    expect(app.dialog.open).toBeFalse();
    expect(app.order.message).toBe('Saved.');
    expect(server.to('/orders').map(({ body }) => body)).toEqual(['{"text":"Twelve eggs"}']);
    expect(app.page.visited).toEqual([]);
  });

  it('shows a message in the dialog if the sign-in fails', async () => {
    app.authService.session.logOut('refused');
    server.on('POST /auth/login', () => new Response('', { status: 401 }));
    await app.signInAgain.submit();
    expect(app.dialog.open).toBeTrue();
    expect(app.signInAgain.message).toContain('try again');
  });

  it('rejects the save if the user closes the dialog, and keeps the form', async () => {
    await app.clock.sleep(600_000);
    const saving = app.order.save();
    await settled();
    app.signInAgain.cancel();
    await saving;
    expect(app.dialog.open).toBeFalse();
    expect(app.order.message).toContain('Sign in, then save once more');
    expect(app.order.text).toBe('Twelve eggs');
    expect(server.to('/orders')).toEqual([]);
  });

  it('opens the dialog in all tabs, and one sign-in closes all', async () => {
    const other = tab(app);
    await app.clock.sleep(600_000);
    const saving = app.order.save();
    await app.clock.advance(100);
    expect(other.dialog.open).toBeTrue();
    expect(other.page.visited).toEqual([]);

    Object.assign(other.signInAgain, ann);
    await other.signInAgain.submit();
    await app.clock.advance(100);
    await saving;
    expect(app.dialog.open).toBeFalse();
    expect(app.order.message).toBe('Saved.');
    expect(app.page.visited).toEqual([]);
  });

  it('leaves the page when the user signs out in another tab', async () => {
    const other = tab(app);
    await other.authService.logout();
    await app.clock.advance(100);
    expect(app.dialog.open).toBeFalse();
    expect(app.page.visited).toEqual(['#/']);
  });

  it('loads the page again, and does not send the save, if another user signs in', async () => {
    await app.clock.sleep(600_000);
    const saving = app.order.save();
    await settled();
    Object.assign(app.signInAgain, { email: 'bea', password: 'secret' });
    await app.signInAgain.submit();
    await saving;
    expect(app.page.reloads).toBe(1);
    expect(app.order.message).toContain('Not saved');
    expect(server.to('/orders')).toEqual([]);
  });

  function tab(first?: TestApp): Tab {
    const options = {
      loginUrl: 'auth/login',
      refreshTokenUrl: 'refresh',
      useRefreshToken: true,
      whenSessionEnds: 'park',
      loginRedirect: false,
      expiredRedirect: false,
      storageChangedRedirect: false,
    } as const;
    const opened = testApp(options, { server, browser: first?.browser ?? testBrowser(server) });
    opened.fetchConfig.configure(opened.http);
    const dialog = document.body.appendChild(document.createElement('dialog'));
    dialogs.push(dialog);
    const signInAgain: SignInAgain = opened.container.get(SignInAgain);
    signInAgain.dialog = dialog;
    signInAgain.attached();
    return { ...opened, dialog, signInAgain, order: opened.container.get(Order) as Order };
  }
});

function tokensOf(user: string): object {
  return { access_token: jwt(user), refresh_token: 'r', expires_in: 60 };
}

function jwt(sub: string): string {
  return `e30.${btoa(JSON.stringify({ sub }))}.x`;
}
