import { addresses } from './addresses.js';
import { type AppFile, appFiles } from './app-files.js';
import { Application } from './application.js';
import { ClassFinder } from './class-finder.js';
import type { Difference } from './differences.js';
import type { Finding } from './finding.js';
import { isDependency, manifestFindings, type OwnManifest } from './manifest.js';
import { memberUses } from './member-uses.js';
import { optionUses } from './option-uses.js';
import { packageNames } from './package-names.js';
import type { SourceFile } from './source-file.js';
import { storedSession } from './stored-session.js';
import { places, syntaxTree, textOf } from './syntax.js';
import { templateUses } from './templates.js';
import type { Use } from './use.js';
import { verdictOn } from './verdicts.js';

/** Finds every use of aurelia-authentication in the folder of an application, in the order of files and lines. */
export function check(folder: string, own: OwnManifest): Finding[] {
  const app = new Application(appFiles(folder));
  const options = optionUses(app);
  const members = [...app.sources.values()].flatMap(file => memberUses(file, new ClassFinder(app, file)));
  const uses = [...options.uses, ...members];
  const keys = storageKeys(uses);
  const ruledOut = differencesRuledOut(app, uses);
  const findings = [
    ...uses.map(use => verdictOn(use, ruledOut)),
    ...options.unknown.map(unknownOptions),
    ...[...app.sources.values()].flatMap(({ path, places }) => [
      ...packageNames(path, places),
      ...storedSession(path, places, keys),
    ]),
    ...app.files.flatMap(file => otherFile(file, app, own, uses)),
    ...[...app.unreadable].map(([file, error]) => unreadable(file, error)),
  ];
  if (findings.length === 0) return [];
  return sorted([...findings, ...[...app.sources.values()].flatMap(({ path, places }) => addresses(path, places))]);
}

function otherFile(file: AppFile, app: Application, own: OwnManifest, uses: readonly Use[]): Finding[] {
  if (file.path.endsWith('.html')) return templateUses(file, heldByViewModel(file.path, app));
  if (!file.path.endsWith('.json')) return [];
  const isManifest = /(?:^|\/)package\.json$/.test(file.path);
  if (!file.text.includes('aurelia-authentication')) return [];
  try {
    const all = [...places(syntaxTree(file.text, file.path))];
    if (!isManifest) return packageNames(file.path, all);
    const needsApi = uses.some(({ member }) => /^BaseConfig\.(?:endpoint|configureEndpoints)$/.test(member));
    const names = packageNames(
      file.path,
      all.filter(place => !isDependency(place)),
    );
    return [...names, ...manifestFindings(file.path, all, own, needsApi)];
  } catch (error) {
    return [unreadable(file.path, error as Error)];
  }
}

/** A view has the name of its view-model. */
function heldByViewModel(path: string, app: Application): Map<string, string> {
  const viewModel = ['.ts', '.js', '.tsx', '.jsx']
    .map(extension => app.sources.get(path.replace(/\.html$/, extension)))
    .find((file): file is SourceFile => file !== undefined);
  return new Map(viewModel && new ClassFinder(app, viewModel).heldByProperties());
}

/** Differences that other lines of the application prevent. */
function differencesRuledOut(app: Application, uses: readonly Use[]): Set<Difference> {
  const rejectsErrors = /\b(?:rejectErrorResponses|useStandardConfiguration)\(/;
  const isSet = (option: string) => uses.some(({ member, value }) => member === `BaseConfig.${option}` && value);
  return new Set<Difference>([
    ...(app.files.some(({ text }) => rejectsErrors.test(text)) ? (['401-resolves'] as const) : []),
    ...(isSet('signupRedirect') ? (['signup-redirect'] as const) : []),
  ]);
}

function storageKeys(uses: readonly Use[]): Set<string> {
  const set = uses
    .filter(({ member }) => member === 'BaseConfig.storageKey')
    .flatMap(({ value }) => textOf(value) ?? []);
  return new Set(['aurelia_authentication', ...set]);
}

function unknownOptions(place: Pick<Use, 'file' | 'line' | 'column'>): Finding {
  const difference = {
    there: 'The check found no object literal behind this expression.',
    here: 'Its options were not checked.',
    write: 'Compare the options with the migration table.',
  };
  return { ...place, verdict: 'look', use: 'options that are not in the sources', differences: [difference] };
}

function unreadable(file: string, { message }: Error): Finding {
  const difference = { there: message, here: 'The file was not checked.', write: 'Look for uses in this file.' };
  return { file, line: 1, column: 1, verdict: 'look', use: 'file with a syntax error', differences: [difference] };
}

function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (one, other) => one.file.localeCompare(other.file) || one.line - other.line || one.column - other.column || 0,
  );
}
