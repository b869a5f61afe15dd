import {
  AuthenticatedFilterValueConverter,
  AuthenticatedValueConverter,
  AuthFilterValueConverter,
} from 'aurelia-auth-refresh';
import { settled } from 'aurelia-auth-refresh/testing';
import { Aurelia } from 'aurelia-framework';
import { StageComponent } from 'aurelia-testing';
import { StaticLoader } from './support/static-loader.js';
import { credentials, testApp } from './support/test-app.js';

const routes = [
  { title: 'Home', config: {} },
  { title: 'Orders', config: { auth: true } },
  { title: 'Login', config: { auth: false } },
];

function titles(kept: { title: string }[]): string[] {
  return kept.map(({ title }) => title);
}

describe('the value converters', () => {
  it('authFilter filters routes by authentication', () => {
    const filter = new AuthFilterValueConverter();
    expect(titles(filter.toView(routes, true))).toEqual(['Home', 'Orders']);
    expect(titles(filter.toView(routes, false))).toEqual(['Home', 'Login']);
  });

  it('accept undefined routes', () => {
    expect(new AuthFilterValueConverter().toView(undefined, true)).toEqual([]);
    expect(new AuthFilterValueConverter().toView(null, true)).toEqual([]);
    expect(new AuthFilterValueConverter().toView([{}], true)).toEqual([{}]);
  });

  it('update a view when the user signs in or out', async () => {
    const { authService, container } = testApp();
    const component = StageComponent.withResources().inView(`
      <section>
        <a repeat.for="route of routes | authFilter: authService.authenticated">\${route.title}</a>
        <b repeat.for="route of routes | authenticatedFilter & signal:'authentication-change'">\${route.title}</b>
        <i>\${'' | authenticated & signal:'authentication-change'}</i>
        <p if.bind="authService.authenticated">Hello</p>
      </section>
    `);
    component.boundTo({ routes, authService });
    component.bootstrap(aurelia =>
      aurelia.use
        .standardConfiguration()
        .globalResources([AuthFilterValueConverter, AuthenticatedFilterValueConverter, AuthenticatedValueConverter]),
    );
    await component.create(start => start(new Aurelia(new StaticLoader(), container)));
    const shown = () => [...component.element.children].map(child => child.textContent).join(' ');
    expect(shown()).toBe('Home Login Home Login false');
    await authService.login(credentials);
    await settled();
    expect(shown()).toBe('Home Orders Home Orders true Hello');
    component.dispose();
  });
});
