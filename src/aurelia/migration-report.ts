import type { AuthSettings } from './auth-config.js';
import { logger } from './logger.js';

/** What an application should change about its configuration: told at once, or in one entry of the log for all of it. */
export class MigrationReport {
  private gathered: string[] | undefined;

  note(finding: string): void {
    if (this.gathered) this.gathered.push(finding);
    else logger.warn(finding);
  }

  /** Has what is noted meanwhile said together. */
  gather(work: () => void): void {
    const gathered: string[] = [];
    this.gathered = gathered;
    try {
      work();
    } finally {
      this.gathered = undefined;
    }
    if (gathered.length > 0) logger.warn(['The configuration needs attention:', ...gathered].join('\n- '));
  }
}

const redirects = [
  'loginRedirect',
  'logoutRedirect',
  'signupRedirect',
  'expiredRedirect',
  'storageChangedRedirect',
] as const;

/** What is wrong or risky about a configuration, in words. */
export function findings(settings: AuthSettings): string[] {
  const wrongRedirects = redirects.filter(name => settings[name] && typeof settings[name] !== 'string');
  const implicit = Object.entries(settings.providers).filter(([, provider]) => {
    return provider.clientId && /token/.test(provider.responseType ?? '') && provider.oauthType !== 'auth0-lock';
  });
  return [
    ...wrongRedirects.map(name => `"${name}" is ${settings[name]}: expected an address, or false to stay.`),
    ...implicit.map(([name]) => {
      return `The provider "${name}" hands tokens out in the address: prefer responseType "code" (RFC 9700 section 2.1.2).`;
    }),
    ...(settings.clientSecret
      ? ['"clientSecret" is readable by everybody who opens the page: register a public client without one.']
      : []),
    ...(settings.useRefreshToken && !settings.httpInterceptor
      ? ['"useRefreshToken" has little to do while "httpInterceptor" is off: requests then carry no token.']
      : []),
  ];
}
