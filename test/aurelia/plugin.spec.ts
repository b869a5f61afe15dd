import {
  AuthenticatedFilterValueConverter,
  AuthenticatedValueConverter,
  AuthFilterValueConverter,
  type BaseConfig,
  logger,
} from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';
import { credentials, testApp } from './support/test-app.js';

describe('configure()', () => {
  it('accepts an object', () => {
    expect(testApp({ loginUrl: '/in' }).authService.config.loginUrl).toBe('/in');
  });

  it('accepts a function that receives the configuration', () => {
    const { config } = testApp((config: BaseConfig) => {
      config.configure({ loginUrl: '/in' });
      config.logoutUrl = '/out';
    }).authService;
    expect([config.loginUrl, config.logoutUrl]).toEqual(['/in', '/out']);
  });

  it('accepts the empty object that Aurelia passes without options, and undefined', () => {
    expect(testApp({}).authService.config.loginUrl).toBe('/auth/login');
    expect(testApp(undefined).authService.config.loginUrl).toBe('/auth/login');
  });

  it('registers authFilter for all templates', () => {
    expect(testApp().resources).toEqual([AuthFilterValueConverter]);
  });

  it('registers the value converters in globalValueConverters, and logs unknown names', () => {
    spyOn(logger, 'warn');
    const names = ['authenticatedValueConverter', 'authenticatedFilterValueConverter', 'mine'];
    expect(testApp({ globalValueConverters: names }).resources).toEqual([
      AuthenticatedValueConverter,
      AuthenticatedFilterValueConverter,
    ]);
    expect(logger.warn).toHaveBeenCalledOnceWith(jasmine.stringContaining('"mine"'));
  });

  it('adds the token to the requests of the clients in configureEndpoints', async () => {
    const client = new HttpClient();
    const { authService, server } = testApp({ configureEndpoints: [client] });
    client.baseUrl = 'https://api.example.com/';
    await authService.login(credentials);
    await client.fetch('orders');
    expect(server.to('/orders')[0]?.headers.get('Authorization')).toBe('Bearer access-1');
  });

  it('rejects named endpoints without aurelia-api', () => {
    expect(() => testApp({ configureEndpoints: ['auth'] })).toThrowError(/aurelia-api: plug that in before/);
  });
});
