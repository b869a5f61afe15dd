import { Config, Rest } from 'aurelia-api';
import { configure as nameEndpoints } from 'aurelia-auth-refresh/aurelia-api';
import type { Container, FrameworkConfiguration } from 'aurelia-framework';
import { credentials, testApp } from '../support/test-app.js';
import { guardedBy, TestServer } from '../support/test-server.js';

function withEndpoints(server: TestServer) {
  return {
    server,
    prepare: ({ container }: { readonly container: Container }) => {
      const api: Config = container.get(Config);
      api
        .registerEndpoint('auth', 'https://auth.example.com/')
        .registerEndpoint('orders', 'https://orders.example.com/');
      api.setDefaultEndpoint('orders');
      nameEndpoints({ container } as unknown as FrameworkConfiguration);
    },
  };
}

const options = { endpoint: 'auth', configureEndpoints: ['auth', 'orders'], useRefreshToken: true };

describe('an application with endpoints of aurelia-api', () => {
  it('signs in at the one, and lets the other carry the token', async () => {
    const server = new TestServer(600).on('GET /items', guardedBy('access-1'));
    const { authService, container } = testApp(options, withEndpoints(server));
    await authService.login(credentials);
    const orders: Rest = (container.get(Config) as Config).getEndpoint('orders');
    expect(await orders.find('items')).toEqual({ body: '' });
    expect(server.seen.map(({ url }) => url)).toEqual([
      'https://auth.example.com/auth/login',
      'https://orders.example.com/items',
    ]);
  });

  it('gets the second answer after a 401, not nothing [B1]', async () => {
    const server = new TestServer(600).on('POST /items', guardedBy('access-2'));
    const { authService, container } = testApp(options, withEndpoints(server));
    await authService.login(credentials);
    const orders: Rest = (container.get(Config) as Config).getEndpoint('orders');
    expect(await orders.post('items', { amount: 3 })).toEqual({ body: '{"amount":3}' });
  });

  it('takes the empty name for the default endpoint, and refuses one that is not registered', () => {
    const { container, fetchConfig } = testApp({}, withEndpoints(new TestServer()));
    const { client } = (container.get(Config) as Config).getEndpoint('orders');
    expect(fetchConfig.configure('')).toBe(client);
    expect(fetchConfig.configure(['orders'])).toEqual([client]);
    expect(fetchConfig.configure(new Rest(client, 'again'))).toBe(client);
    expect(() => fetchConfig.configure('missing')).toThrowError(/There is no 'missing' endpoint registered/);
  });
});
