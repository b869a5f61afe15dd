import { resolve } from 'aurelia';
import { IAuthService } from 'aurelia-auth-refresh/aurelia2';
import template from './app.html?raw';
import { Expenses } from './pages/expenses.js';
import { Login } from './pages/login.js';
import { Profile } from './pages/profile.js';

const pages = [
  { path: 'expenses', component: Expenses, title: 'Expenses', data: { auth: true } },
  { path: 'profile', component: Profile, title: 'Profile', data: { auth: true } },
  { path: 'login', component: Login, title: 'Sign in', data: { auth: false } },
];

export class App {
  static readonly $au = { type: 'custom-element', name: 'demo-app', template } as const;
  static readonly title = 'aurelia-auth-refresh in Aurelia 2, live';
  static readonly routes = [{ path: '', redirectTo: 'expenses' }, ...pages];

  readonly auth = resolve(IAuthService);
  readonly links = pages.map(({ path, title, data }) => ({ path, title, data, isActive: false }));
}
