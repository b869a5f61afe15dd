import { resolve } from 'aurelia';
import { IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { Login } from './login.js';
import { Orders } from './orders.js';

export class MyApp {
  static readonly routes = [
    { path: ['', 'orders'], component: Orders, data: { auth: true } },
    { path: 'all-orders', component: Orders, data: { auth: { roles: ['admin'] } } },
    { path: 'login', component: Login, data: { auth: false } },
  ];
  readonly auth = resolve(IAuthService);
}
