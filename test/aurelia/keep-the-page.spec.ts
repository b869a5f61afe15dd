import { Order } from '../../doc/guides/keep-the-page/order.js';
import { SignInAgain } from '../../doc/guides/keep-the-page/sign-in-again.js';
import { type TestApp, testApp, testBrowser } from './support/test-app.js';
import { TestServer } from './support/test-server.js';

const ann = { email: 'ann@example.com', password: 'secret' };

describe('the guide "keep the page"', () => {
  let server: TestServer;
  let app: TestApp & { session: TestApp['authService']['session'] };
  let order: Order;
  let dialog: SignInAgain;

  beforeEach(async () => {
    server = new TestServer(60);
    server.on('POST /refresh', () => new Response('{"error":"invalid_grant"}', { status: 400 }));
    server.on(
      'POST /orders',
      ({ headers }) => new Response('{}', { status: headers.has('Authorization') ? 200 : 401 }),
    );
    app = tab();
    await app.authService.login(ann);
    dialog = app.container.get(SignInAgain);
    order = app.container.get(Order);
    order.text = 'Twelve eggs';
  });

  it('keeps a form when the refresh token is refused while it is saved, and saves it after signing in again', async () => {
    await app.clock.sleep(600_000);
    await order.save();
    expect(order.message).toContain('Sign in again');
    expect(dialog.isOpen).toBeTrue();
    expect(app.page.visited).toEqual([]);

    dialog.email = ann.email;
    await dialog.submit();
    expect(dialog.isOpen).toBeFalse();
    await order.save();
    expect(order.message).toBe('Saved.');
    expect(server.to('/orders').at(-1)?.body).toBe('{"text":"Twelve eggs"}');
    expect(app.page.visited).toEqual([]);
  });

  it('keeps the form in other tabs, and one sign-in is enough for all', async () => {
    const other = tab(app);
    const otherDialog: SignInAgain = other.container.get(SignInAgain);
    await app.clock.sleep(600_000);
    await order.save();
    await app.clock.advance(100);
    expect(otherDialog.isOpen).toBeTrue();
    expect(other.page.visited).toEqual([]);

    await otherDialog.submit();
    await app.clock.advance(100);
    expect(dialog.isOpen).toBeFalse();
    expect(app.page.visited).toEqual([]);
  });

  it('leaves the page when the user signs out in another tab', async () => {
    const other = tab(app);
    await other.authService.logout();
    await app.clock.advance(100);
    expect(dialog.isOpen).toBeFalse();
    expect(app.page.visited).toEqual(['#/']);
  });

  it('clears the form when another user signs in', async () => {
    app.authService.setResponseObject({ access_token: jwt('ann') });
    app.session.logOut('idle');
    expect(dialog.isOpen).toBeTrue();
    app.authService.setResponseObject({ access_token: jwt('bea') });
    expect(app.page.reloads).toBe(1);
  });

  function tab(first?: TestApp): TestApp & { session: TestApp['authService']['session'] } {
    const options = {
      loginUrl: 'auth/login',
      refreshTokenUrl: 'refresh',
      useRefreshToken: true,
      loginRedirect: false,
      expiredRedirect: false,
      storageChangedRedirect: false,
    } as const;
    const opened = testApp(options, { server, browser: first?.browser ?? testBrowser(server) });
    opened.fetchConfig.configure(opened.http);
    return { ...opened, session: opened.authService.session };
  }
});

function jwt(sub: string): string {
  return `e30.${btoa(JSON.stringify({ sub }))}.x`;
}
