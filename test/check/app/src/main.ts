import { Config } from 'aurelia-api';
import { Aurelia, PLATFORM } from 'aurelia-framework';
import authConfig from './auth/auth-config';

// A comment that names aurelia-authentication is no use of it.
const authPlugin = PLATFORM.moduleName('aurelia-authentication'); // change

export async function configure(aurelia: Aurelia) {
  aurelia.use
    .standardConfiguration()
    .plugin(PLATFORM.moduleName('aurelia-api'), (config: Config) => {
      config.registerEndpoint('auth', 'https://auth.example.com/');
      config.registerEndpoint('intranet', 'http://intranet/api/'); // look
      config.registerEndpoint('local', 'http://localhost:8080/');
    })
    .plugin(authPlugin, (config: any) => {
      config.configure(authConfig);
      config.configure((window as any).settings.auth); // look
      config.storage = 'sessionStorage';
    });
  await aurelia.start();
  await aurelia.setRoot(PLATFORM.moduleName('app'));
}
