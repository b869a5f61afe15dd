import type { Node } from '@babel/types';
import { intersects, validRange } from 'semver';
import type { Finding } from './finding.js';
import { predecessorName } from './predecessor.js';
import { keyOf, type Place, placesOf, textOf } from './syntax.js';
import { positionOf } from './use.js';

/** What the check knows of this package, from its `package.json`. */
export interface OwnManifest {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** TypeScript versions that can read the typings. */
const typescriptRange = '>=3.9';

const sections = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

/**
 * Judges the dependencies in a `package.json` of the application.
 *
 * @param needsApi whether the application uses endpoints of aurelia-api, which aurelia-authentication installed
 */
export function manifestFindings(
  file: string,
  places: readonly Place[],
  own: OwnManifest,
  needsApi: boolean,
): Finding[] {
  const entries = placesOf(places, 'ObjectProperty').filter(({ around }) => sections.includes(sectionOf(around)));
  const listed = new Set(entries.map(({ node }) => keyOf(node)));
  const uses = entries.filter(({ node }) => keyOf(node) === predecessorName);
  return [
    ...entries.flatMap(({ node }) => dependency(file, node, own)),
    ...(needsApi && !listed.has('aurelia-api') ? uses.map(({ node }) => missingApi(file, node, own)) : []),
  ];
}

/** Whether a property of a `package.json` is a dependency, whose name {@link manifestFindings} judges. */
export function isDependency({ around }: Place): boolean {
  return sections.includes(sectionOf(around)) || sections.includes(sectionOf(around.slice(0, -1)));
}

function sectionOf(around: readonly Node[]): string {
  const section = around.at(-2);
  const isTop = around.length === 3;
  return (isTop && section && keyOf(section)) || '';
}

function dependency(file: string, node: Node, own: OwnManifest): Finding[] {
  const name = keyOf(node) ?? '';
  const range = 'value' in node ? (textOf(node.value as Node) ?? '') : '';
  const place = { file, ...positionOf(node), use: `dependency "${name}": "${range}"`, differences: [] };
  if (name === predecessorName) return [{ ...place, verdict: 'change', write: `"${own.name}": "^${own.version}"` }];
  const needed =
    name === 'typescript' ? typescriptRange : name.startsWith('aurelia-') ? own.peerDependencies[name] : undefined;
  if (!needed || validRange(range) === null) return [];
  if (!intersects(range, needed)) return [{ ...place, verdict: 'change', write: `"${name}": "${needed}"` }];
  return [{ ...place, verdict: 'stays' }];
}

function missingApi(file: string, node: Node, own: OwnManifest): Finding {
  const range = own.peerDependencies['aurelia-api'];
  return {
    file,
    ...positionOf(node),
    verdict: 'change',
    use: 'endpoints of aurelia-api, which came along with aurelia-authentication',
    differences: [],
    write: `"aurelia-api": "${range}"`,
  };
}
