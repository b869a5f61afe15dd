import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the application. */
export interface AppFile {
  /** Path in the folder of the application, with `/`. */
  readonly path: string;
  readonly text: string;
}

const skippedFolders = new Set(['node_modules', 'jspm_packages', 'bower_components', 'dist', 'coverage']);
const skippedFiles = /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$|\.min\.js$/;
const readFiles = /\.(?:[cm]?[jt]s|[jt]sx|html|json)$/;

/** Larger files are bundles. */
const maxBytes = 1_000_000;

/** Reads the sources, templates and JSON files of an application, without its packages and its built files. */
export function appFiles(folder: string, under = ''): AppFile[] {
  return readdirSync(join(folder, under), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap(entry => {
      const path = under ? `${under}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return isSkipped(entry.name) ? [] : appFiles(folder, path);
      return entry.isFile() && isRead(folder, path) ? [{ path, text: readFileSync(join(folder, path), 'utf8') }] : [];
    });
}

function isSkipped(folder: string): boolean {
  return skippedFolders.has(folder) || folder.startsWith('.');
}

function isRead(folder: string, path: string): boolean {
  return readFiles.test(path) && !skippedFiles.test(path) && statSync(join(folder, path)).size <= maxBytes;
}
