import { AuthService } from 'aurelia-auth-refresh';
import { defineAuthDevtools } from 'aurelia-auth-refresh/devtools';
import { type Aurelia, PLATFORM } from 'aurelia-framework';
import { signInOnFirstVisit } from '../../session/first-visit.js';
import { keepFocus } from '../../session/kept-focus.js';
import { authConfig } from './authConfig.js';

export async function configure(aurelia: Aurelia): Promise<void> {
  defineAuthDevtools();
  keepFocus();
  aurelia.use.standardConfiguration().plugin(PLATFORM.moduleName('aurelia-auth-refresh'), authConfig);
  await aurelia.start();
  const auth: AuthService = aurelia.container.get(AuthService);
  await signInOnFirstVisit(({ email, password }) => auth.login(email, password, undefined, true));
  await aurelia.setRoot(PLATFORM.moduleName('app'));
}
