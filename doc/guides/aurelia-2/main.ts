import { RouterConfiguration } from '@aurelia/router';
import { Aurelia } from 'aurelia';
import { AuthConfiguration } from 'aurelia-auth-refresh/aurelia2';
import { MyApp } from './my-app.js';

void Aurelia.register(
  RouterConfiguration,
  AuthConfiguration.customize({
    login: { url: '/auth/login' },
    session: { refresh: { url: '/auth/token' } },
    protectedUrls: ['/api'],
  }),
)
  .app(MyApp)
  .start();
