import { Config, Rest } from 'aurelia-api';
import { configure as nameEndpoints } from 'aurelia-auth-refresh/aurelia-api';
import type { Container, FrameworkConfiguration } from 'aurelia-framework';
import { credentials, testApp } from '../support/test-app.js';
import { guardedBy, TestServer } from '../support/test-server.js';

/** Registers endpoints of aurelia-api, as an app does. */
function withEndpoints(server: TestServer, plug = nameEndpoints) {
  return {
    server,
    prepare: ({ container }: { readonly container: Container }) => {
      const api: Config = container.get(Config);
      api
        .registerEndpoint('auth', 'https://auth.example.com/')
        .registerEndpoint('orders', 'https://orders.example.com/');
      api.setDefaultEndpoint('orders');
      plug({ container } as unknown as FrameworkConfiguration);
    },
  };
}

const options = { endpoint: 'auth', configureEndpoints: ['auth', 'orders'], useRefreshToken: true };

const unplugged: typeof nameEndpoints = () => undefined;

describe('an app with endpoints of aurelia-api', () => {
  for (const [plugged, plug] of [
    ['plugged in', nameEndpoints],
    ['left out', unplugged],
  ] as const) {
    it(`signs in at one endpoint, and adds the token to requests of the other, with the entry point ${plugged}`, async () => {
      const server = new TestServer(600).on('GET /items', guardedBy('access-1'));
      const { authService, container } = testApp(options, withEndpoints(server, plug));
      await authService.login(credentials);
      const orders: Rest = (container.get(Config) as Config).getEndpoint('orders');
      expect(await orders.find('items')).toEqual({ body: '' });
      expect(server.seen.map(({ url }) => url)).toEqual([
        'https://auth.example.com/auth/login',
        'https://orders.example.com/items',
      ]);
    });

    it(`resolves an empty name to the default endpoint, and rejects an unknown name, with the entry point ${plugged}`, () => {
      const { container, fetchConfig } = testApp({}, withEndpoints(new TestServer(), plug));
      const { client } = (container.get(Config) as Config).getEndpoint('orders');
      expect(fetchConfig.configure('')).toBe(client);
      expect(fetchConfig.configure(['orders'])).toEqual([client]);
      expect(fetchConfig.configure(new Rest(client, 'again'))).toBe(client);
      expect(() => fetchConfig.configure('missing')).toThrowError(/There is no 'missing' endpoint registered/);
    });
  }

  it('receives the response of the retry after a 401 [B1]', async () => {
    const server = new TestServer(600).on('POST /items', guardedBy('access-2'));
    const { authService, container } = testApp(options, withEndpoints(server));
    await authService.login(credentials);
    const orders: Rest = (container.get(Config) as Config).getEndpoint('orders');
    expect(await orders.post('items', { amount: 3 })).toEqual({ body: '{"amount":3}' });
  });
});
