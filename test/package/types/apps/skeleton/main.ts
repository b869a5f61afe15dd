import { Aurelia } from 'aurelia-framework';
import authConfig from './auth-config';

export async function configure(aurelia: Aurelia) {
  aurelia.use
    .standardConfiguration()
    .plugin('aurelia-api', (config: any) => config.registerEndpoint('auth', '/auth/').setDefaultEndpoint('auth'))
    .plugin('aurelia-authentication', (baseConfig: any) => {
      baseConfig.configure(authConfig);
    });
  await aurelia.start();
  await aurelia.setRoot();
}
