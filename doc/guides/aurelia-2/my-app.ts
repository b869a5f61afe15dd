import { resolve } from 'aurelia';
import { IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { Login } from './login.js';
import { Profile } from './profile.js';

const template = `
  <button authenticated click.trigger="auth.logout()">Sign out</button>
  <au-viewport></au-viewport>
`;

export class MyApp {
  static readonly $au = { type: 'custom-element', name: 'my-app', template };
  static readonly routes = [
    { path: ['', 'profile'], component: Profile, data: { auth: true } },
    { path: 'admin', component: Profile, data: { auth: { roles: ['admin'] } } },
    { path: 'login', component: Login, data: { auth: false } },
  ];
  readonly auth = resolve(IAuthService);
}
