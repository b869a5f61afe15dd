import type { Row } from '../row.js';
import { accountRows } from './account.js';
import { authStatusRows } from './auth-status.js';
import { authenticationRows } from './authentication.js';
import { clientRows } from './client.js';
import { configRows } from './config.js';
import { converterRows } from './converters.js';
import { fetchConfigRows } from './fetch-config.js';
import { optionRows } from './options.js';
import { pluginRows } from './plugin.js';
import { providerRows } from './providers.js';
import { requestRows } from './requests.js';
import { routerRows } from './router.js';
import { signInRows } from './sign-in.js';
import { storageRows } from './storage.js';
import { subclassesRows } from './subclasses.js';
import { timersRows } from './timers.js';

/** Every way of using aurelia-authentication that the run tries. */
export const rows: readonly Row[] = [
  ...pluginRows,
  ...configRows,
  ...optionRows,
  ...clientRows,
  ...authStatusRows,
  ...signInRows,
  ...accountRows,
  ...subclassesRows,
  ...timersRows,
  ...authenticationRows,
  ...storageRows,
  ...fetchConfigRows,
  ...requestRows,
  ...routerRows,
  ...converterRows,
  ...providerRows,
];
