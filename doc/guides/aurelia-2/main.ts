import { RouterConfiguration } from '@aurelia/router';
import { Aurelia } from 'aurelia';
import { AuthConfiguration } from 'aurelia-auth-refresh/aurelia2';
import { MyApp } from './my-app.js';

const auth = AuthConfiguration.customize({
  login: { url: '/auth/login' },
  session: { refresh: { url: '/auth/login' } },
  protectedUrls: ['/api'],
});

void Aurelia.register(RouterConfiguration, auth).app(MyApp).start();
