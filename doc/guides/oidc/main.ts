import { configure as configureAuth } from 'aurelia-auth-refresh';
import { configure as configureOpenId } from 'aurelia-auth-refresh/oidc';
import { type Aurelia, PLATFORM } from 'aurelia-framework';
import { openIdOptions } from './open-id-options.js';

export async function configure(aurelia: Aurelia): Promise<void> {
  aurelia.use
    .standardConfiguration()
    .plugin(configureOpenId)
    .plugin(configureAuth, { oidc: openIdOptions, loginRedirect: '#/orders', returnAfterLogin: true });
  await aurelia.start();
  await aurelia.setRoot(PLATFORM.moduleName('app'));
}
