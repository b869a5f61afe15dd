import type { Node } from '@babel/types';
import type { Finding } from './finding.js';
import { exportedNames, isPredecessor } from './predecessor.js';
import { nameOf, type Place, placesOf } from './syntax.js';
import { positionOf } from './use.js';

const named = /(?<![\w-])aurelia-authentication(?![\w-])/;
const ownName = 'aurelia-auth-refresh';

/** Folders of the built package that exist in both packages. */
const sameFolders = new Set(['amd', 'commonjs', 'native-modules']);

/** Finds the name of the package in the strings of a source file: imports, module names, loader and bundler configurations. */
export function packageNames(file: string, places: readonly Place[]): Finding[] {
  const strings = placesOf(places, 'StringLiteral', 'TemplateElement', 'DirectiveLiteral').flatMap(({ node }) => {
    const text = typeof node.value === 'string' ? node.value : node.value.raw;
    return named.test(text) ? [renamed(file, node, text)] : [];
  });
  return [...strings, ...missingExports(file, places)];
}

/** What to write instead of a text that names the package. */
export function withNewName(text: string): string {
  return text
    .replace(new RegExp(named, 'g'), ownName)
    .replace(/(aurelia-auth-refresh\/(?:dist|src)\/)([\w-]+)/g, (whole, before: string, folder: string) =>
      sameFolders.has(folder) ? whole : `${before.replace('/src/', '/dist/')}native-modules`,
    )
    .replace(/(aurelia-auth-refresh@)[\^~\d.x*]+/g, '$1latest');
}

function renamed(file: string, node: Node, text: string): Finding {
  return {
    file,
    ...positionOf(node),
    verdict: 'change',
    use: `name of the package: ${oneLine(text)}`,
    differences: [],
    write: oneLine(withNewName(text)),
  };
}

/** Names that are imported from the package, but that it does not export. */
function missingExports(file: string, places: readonly Place[]): Finding[] {
  return placesOf(places, 'ImportDeclaration')
    .filter(({ node }) => isPredecessor(node.source.value) && !node.source.value.includes('/'))
    .flatMap(({ node }) => node.specifiers)
    .flatMap((specifier): Finding[] => {
      const name = 'imported' in specifier ? nameOf(specifier.imported) : undefined;
      if (name === undefined || exportedNames.has(name)) return [];
      const difference = {
        there: `The main module of aurelia-authentication 3.8.3 has no export ${name}.`,
        here: 'The main module of aurelia-auth-refresh may not have it either.',
        write: 'Remove the import.',
      };
      return [{ file, ...positionOf(specifier), verdict: 'look', use: `import of ${name}`, differences: [difference] }];
    });
}

function oneLine(text: string): string {
  const line = text.split('\n').find(part => part.includes('aurelia-auth')) ?? text;
  return line.trim();
}
