import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { aureliaScript, bundled } from './aurelia-script.js';

const root = join(import.meta.dirname, '../../..');
const guide = join(root, 'doc/guides/oidc');

/** Files that a relying party serves, by path. */
export type Files = Readonly<Record<string, string>>;

/** A page with only a session, or the Aurelia application of the guide. */
export type RelyingPartyPage = 'session' | 'aurelia';

const made = new Map<RelyingPartyPage, Promise<Files>>();

/** Bundled once for all specs. */
export function relyingPartyFiles(page: RelyingPartyPage): Promise<Files> {
  const files = made.get(page) ?? makeFiles(page);
  made.set(page, files);
  return files;
}

async function makeFiles(page: RelyingPartyPage): Promise<Files> {
  return {
    '/callback.html': await readFile(join(root, 'src/callback/callback.html'), 'utf8'),
    '/callback.js': await bundled({ entryPoints: [join(root, 'src/callback/callback-page.ts')] }),
    ...(page === 'session'
      ? { '/page.js': await bundled({ entryPoints: [join(import.meta.dirname, 'relying-party-page.ts')] }) }
      : await aureliaFiles()),
  };
}

async function aureliaFiles(): Promise<Files> {
  const plugins = [optionsOfPage];
  return {
    '/page.js': await aureliaScript('oidc', ['app', 'login', 'orders'], plugins),
    '/front-channel-logout.html': await readFile(join(guide, 'front-channel-logout.html'), 'utf8'),
    '/front-channel-logout.js': await bundled({ entryPoints: [join(guide, 'front-channel-logout.ts')], plugins }),
  };
}

/** The guide's provider does not exist; the page replaces its issuer. */
const optionsOfPage: Plugin = {
  name: 'options of the page',
  setup(build) {
    build.onLoad({ filter: /open-id-options\.ts$/ }, () => ({ contents: 'export const openIdOptions = options;' }));
  },
};
