import { PLATFORM } from 'aurelia-pal';
import { authConfig } from './auth-config';

export async function configure(aurelia) {
  aurelia.use
    .standardConfiguration()
    .developmentLogging('warn')
    .plugin(PLATFORM.moduleName('aurelia-api'), api => {
      api
        .registerEndpoint('auth', '/auth/')
        .registerEndpoint('api', '/api/')
        .registerEndpoint('public', '/public/')
        .setDefaultEndpoint('api');
    })
    .plugin(PLATFORM.moduleName('aurelia-authentication'), config => {
      config.configure(authConfig);
      config.configure(window.environment.authConfig);
    });
  await aurelia.start();
  await aurelia.setRoot(PLATFORM.moduleName('app'));
}
