import { PLATFORM } from 'aurelia-pal';
import { authConfig } from './auth-config';

export function configure(aurelia) {
  aurelia.use.standardConfiguration().plugin(PLATFORM.moduleName('aurelia-auth-refresh'), authConfig);
  return aurelia.start().then(() => aurelia.setRoot(PLATFORM.moduleName('app')));
}
