/** Type tests: compiled, but never run. */
import {
  type AuthConfig,
  AuthService,
  type BaseConfig,
  configure,
  type FetchConfig,
  type TokenPayload,
} from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';
import type { Container, FrameworkConfiguration } from 'aurelia-framework';

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

declare function same<One, Other>(...really: Same<One, Other> extends true ? [] : ['different', One, Other]): void;
declare const aurelia: FrameworkConfiguration;
declare const container: Container;
declare const http: HttpClient;

interface Claims {
  readonly sub: string;
  readonly roles: readonly string[];
}

export function claims(typed: AuthService<Claims>, untyped: AuthService): void {
  same<ReturnType<typeof typed.getTokenPayload>, Claims | null>();
  same<ReturnType<typeof typed.getAccessToken>, string | undefined>();
  same<ReturnType<typeof untyped.getAccessToken>, string>();
  same<TokenPayload<Claims>, Claims>();
  const fromContainer: AuthService = container.get(AuthService);
  same<typeof fromContainer.authenticated, boolean>();
  // Nothing is checked, as in aurelia-authentication.
  untyped.getTokenPayload().anything.length;
}

export function configuring(): void {
  configure(aurelia, { loginUrl: '/in', endpoint: http, configureEndpoints: ['orders', http], loginRedirect: false });
  configure(aurelia, (config: BaseConfig) => {
    config.configure({ useRefreshToken: true });
    config.logoutRedirect = undefined;
  });
  configure(aurelia);
  const options: AuthConfig = {
    classifyRefreshResponse: ({ status }) => (status === 404 ? 'refused' : 'retryable'),
    onActivity: ({ type, url }) => void [type, url],
    providers: { acme: { authorizationEndpoint: 'https://acme.example', resource: () => 'x' } },
  };
  configure(aurelia, options);
  // @ts-expect-error: a misspelt option
  configure(aurelia, { loginURL: '/in' });
  // @ts-expect-error: an option of the wrong type
  configure(aurelia, { tokenWaitSeconds: '10' });
}

export async function calling(authService: AuthService, fetchConfig: FetchConfig): Promise<void> {
  await authService.login({ email: 'a', password: 'b' }, { headers: { 'X-One': '1' } }, '#/home');
  await authService.login('a', 'b');
  const { name } = await authService.getMe<{ name: string }>();
  same<typeof name, string>();
  await authService.logout('', { from: 'menu' }, 'google');
  await http.fetch('orders', { auth: false, replay: false });
  same<ReturnType<typeof authService.updateToken>, Promise<boolean>>();
  const one: HttpClient = fetchConfig.configure();
  const several: HttpClient[] = fetchConfig.configure([one, new HttpClient(), { client: one }, 'orders']);
  void several;
  // @ts-expect-error: login takes an object, or two strings
  await authService.login('a', 7);
}
