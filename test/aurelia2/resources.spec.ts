import { testApp } from './support/test-app.js';

const token = { access_token: 'a', expires_in: 60 };

/** Returns the text of an element after the pending updates of bindings. */
async function textOf(host: Element): Promise<string> {
  await new Promise(resolve => setTimeout(resolve));
  return (host.textContent ?? '').replace(/\s+/g, ' ').trim();
}

describe('template resources of Aurelia 2', () => {
  it('authFilter filters routes and follows the session', async () => {
    const template = '<i repeat.for="route of navigation | authFilter" textcontent.bind="`/` + route.path"></i>';
    const { auth, host } = await testApp({ template });
    expect(await textOf(host)).toBe('//login/area/forbidden');
    auth.session.logIn(token);
    expect(await textOf(host)).toBe('//login/orders/orders/:id/admin/premium/area/members/forbidden');
    auth.session.logOut();
    expect(await textOf(host)).toBe('//login/area/forbidden');
  });

  it('the authenticated converter follows the session', async () => {
    const { auth, host } = await testApp({ template: '<i textcontent.bind="0 | authenticated"></i>' });
    expect(await textOf(host)).toBe('false');
    auth.session.logIn(token);
    expect(await textOf(host)).toBe('true');
  });

  it('the authenticated attribute renders one of two elements and follows the session', async () => {
    const { auth, aurelia, host } = await testApp({ template: '<b authenticated>in</b><b else>out</b>' });
    expect(await textOf(host)).toBe('out');
    auth.session.logIn(token);
    expect(await textOf(host)).toBe('in');
    auth.session.logOut();
    expect(await textOf(host)).toBe('out');
    await aurelia.stop();
    auth.session.logIn(token);
    expect(await textOf(host)).toBe('');
  });
});
