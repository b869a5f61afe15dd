import {
  AuthenticateStep,
  Authentication,
  AuthService,
  BaseConfig,
  FetchConfig,
  Popup,
  Storage,
} from 'aurelia-authentication';
import { Container } from 'aurelia-dependency-injection';
import { HttpClient } from 'aurelia-fetch-client';

declare function expect(value: any): { toBe(other: any): void };
declare function spyOn(object: any, name: string): { and: { returnValue(value: any): void } };

export function run() {
  const container = new Container();
  const config: BaseConfig = container.get(BaseConfig);
  const authService: AuthService = container.get(AuthService);
  const authentication: Authentication = container.get(Authentication);
  const storage: Storage = container.get(Storage);
  const step: AuthenticateStep = container.get(AuthenticateStep);

  config.client = { post: () => Promise.resolve({ access_token: 'a' }) } as any;
  spyOn(authService, 'isAuthenticated').and.returnValue(true);
  storage.set('key', JSON.stringify({ access_token: 'some' }));
  authentication.setResponseObject({ access_token: 'some' });
  const stored: any = authentication.getResponseObject();
  expect(stored.access_token).toBe('some');
  expect(authentication.responseObject).toBe(null);
  const exp: number = authService.getExp();
  const ttl: number = authService.getTtl();
  const payload: any = authService.getTokenPayload();
  expect(payload.name + exp + ttl).toBe('ada');
  expect(authentication.getPayload()).toBe(payload);
  authService.setResponseObject({ token: 'x' });
  authService.timeoutID = 0;
  authService.setTimeout(10);
  authService.clearTimeout();
  authService.storageEventHandler({ key: 'aurelia_authentication', newValue: '', oldValue: '' });
  expect(authService.authenticated).toBe(false);

  const context: any = { getAllInstructions: () => [{ config: { auth: true } }] };
  const next: any = () => undefined;
  step.run(context, next);

  const httpClient = new HttpClient();
  const fetchConfig: FetchConfig = container.get(FetchConfig);
  fetchConfig.configure(httpClient);
  const request = fetchConfig.interceptor.request(new Request('/x'));
  const popup = new Popup().open('https://provider.example/', 'provider', { width: 5 });
  return popup.pollPopup().then(parameters => [parameters.code, request]);
}
