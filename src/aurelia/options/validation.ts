import { unknownOption } from '../../core.js';
import type { AuthSettings } from '../auth-config.js';
import { knownProviders } from '../auth-provider.js';
import type { Check } from './checks.js';
import { providerChecks } from './provider-options.js';
import { redirectChecks } from './redirect-options.js';
import { refreshChecks } from './refresh-options.js';
import { serverChecks } from './server-options.js';
import { tokenRequestChecks } from './token-request-options.js';
import { tokenResponseChecks } from './token-response-options.js';

const checks = {
  ...serverChecks,
  ...redirectChecks,
  ...providerChecks,
  ...refreshChecks,
  ...tokenRequestChecks,
  ...tokenResponseChecks,
};

/** Returns what is wrong or risky about a configuration, one sentence for each finding. */
export function findings(settings: AuthSettings): string[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    return (check as Check<unknown, AuthSettings>)(Reflect.get(settings, name), settings, name);
  });
}

/** Returns the finding for an option that does not exist. */
export function unknownOptionFinding(name: string, value: unknown, optionNames: readonly string[]): string {
  if (Object.keys(knownProviders()).includes(name) || Object.keys(Object(value)).includes('clientId')) {
    return `There is no option "${name}": a provider belongs under "providers".`;
  }
  return unknownOption(name, optionNames);
}
