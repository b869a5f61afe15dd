import type { Node } from '@babel/types';
import type { Difference } from './differences.js';
import type { Finding } from './finding.js';
import { calledName, type Place, placesOf, textOf } from './syntax.js';
import { positionOf } from './use.js';
import { shownDifference } from './verdicts.js';

const methods = ['fetch', 'get', 'post', 'put', 'patch', 'delete'];
const bases = ['registerEndpoint', 'withBaseUrl'];

/** Finds addresses of servers that get no token: of other origins, and over plain `http:`. */
export function addresses(file: string, places: readonly Place[]): Finding[] {
  const calls = placesOf(places, 'CallExpression', 'OptionalCallExpression').flatMap(({ node }) => {
    const name = calledName(node) ?? '';
    const isGlobal = node.callee.type === 'Identifier';
    if (bases.includes(name)) return node.arguments.flatMap(argument => ofBase(file, name, argument));
    return methods.includes(name) && !isGlobal ? ofRequest(file, name, node.arguments[0]) : [];
  });
  const options = placesOf(places, 'ObjectProperty').flatMap(({ node }) =>
    'name' in node.key && node.key.name === 'baseUrl' ? ofBase(file, 'baseUrl', node.value) : [],
  );
  return [...calls, ...options];
}

function ofBase(file: string, name: string, node: Node): Finding[] {
  return isPlainHttp(textOf(node)) ? [finding(file, name, node, 'plain-http')] : [];
}

function ofRequest(file: string, name: string, node: Node | undefined): Finding[] {
  const text = textOf(node);
  if (!node || !/^https?:\/\//i.test(text ?? '')) return [];
  return [finding(file, name, node, 'other-origins'), ...ofBase(file, name, node)];
}

function isPlainHttp(text: string | undefined): boolean {
  return /^http:\/\/(?!localhost\b|127\.|\[::1\])[^/]/i.test(text ?? '');
}

function finding(file: string, name: string, node: Node, id: Difference): Finding {
  const use = `address in ${name}: ${textOf(node)}`;
  return { file, ...positionOf(node), verdict: 'look', use, differences: [shownDifference(id)] };
}
