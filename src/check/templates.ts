import type { AppFile } from './app-files.js';
import type { Finding } from './finding.js';
import { withNewName } from './package-names.js';
import type { Use } from './use.js';
import { verdictOn } from './verdicts.js';

const packageName = /["'][^"']*(?<![\w-])aurelia-authentication(?![\w-])[^"']*["']/g;
const converter = /\|\s*(authFilter|authenticatedFilter|authenticated)\b/g;
const converterClasses: Readonly<Record<string, string>> = {
  authFilter: 'AuthFilterValueConverter.toView',
  authenticated: 'AuthenticatedValueConverter.toView',
  authenticatedFilter: 'AuthenticatedFilterValueConverter.toView',
};

/**
 * Finds uses in a template. Templates are searched, not parsed.
 *
 * @param held classes of the view-model's properties that hold an object of the package
 */
export function templateUses({ path, text }: AppFile, held: ReadonlyMap<string, string>): Finding[] {
  return text
    .split(/\r?\n/)
    .flatMap((line, index) => [
      ...[...line.matchAll(packageName)].map(match => renamed(path, index, match)),
      ...[...line.matchAll(converter)].map(match =>
        verdictOn(useAt(path, index, match, converterClasses[match[1] ?? ''])),
      ),
      ...[...held].flatMap(([property, className]) =>
        [...line.matchAll(accessTo(property))].map(match =>
          verdictOn(useAt(path, index, match, `${className}.${match[1]}`)),
        ),
      ),
    ]);
}

function accessTo(property: string): RegExp {
  return new RegExp(`(?<![\\w$.])${property.replaceAll('$', '\\$')}\\.([\\w$]+)`, 'g');
}

function useAt(file: string, index: number, match: RegExpExecArray, member = ''): Use {
  return { member, kind: 'read', file, line: index + 1, column: match.index + 1 };
}

function renamed(file: string, index: number, match: RegExpExecArray): Finding {
  const text = match[0].slice(1, -1);
  const place = { file, line: index + 1, column: match.index + 1 };
  return {
    ...place,
    verdict: 'change',
    use: `name of the package: ${text}`,
    differences: [],
    write: withNewName(text),
  };
}
