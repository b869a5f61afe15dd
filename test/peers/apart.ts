import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../support/npm.mjs';

const folder = join(import.meta.dirname, 'apart');

/** Peers that are installed in a folder of their own, with their packages. All of them leave the page to sign in. */
const packages = {
  oidcSpa: 'oidc-spa',
  keycloakJs: 'keycloak-js',
  angularAuthOidcClient: 'angular-auth-oidc-client',
} as const;

export type ApartName = keyof typeof packages;

export const apartFiles = Object.fromEntries(
  Object.entries(packages).map(([name, file]) => [name, { file: `../apart/${file}.mjs` }]),
) as Readonly<Record<ApartName, { readonly file: string }>>;

/** Name and version of each package. */
export const apartTitles = Object.fromEntries(
  Object.entries(packages).map(([name, title]) => [name, `${title} ${versions()[title]}`]),
) as Readonly<Record<ApartName, string>>;

/** Whether the client leaves the page to sign in, and most of them to sign out. */
export function leavesPage(name: string, to: 'logIn' | 'logOut'): boolean {
  return name in packages && !(name === 'angularAuthOidcClient' && to === 'logOut');
}

/** Installs the packages unless they are installed. */
export function installApart(): void {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(installed) && lockOf(installed) === lockOf(join(folder, 'package-lock.json'))) return;
  if (!npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder]))
    throw new Error('The peers could not be installed.');
}

function versions(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies;
}

/** The versions in a lock file, as text. */
function lockOf(file: string): string {
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { version?: string }> };
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  return JSON.stringify(entries.map(([path, { version }]) => [path, version]));
}
