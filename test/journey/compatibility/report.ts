import { type Difference, type DifferenceEntry, differences } from '../../../src/check/differences.js';
import type { Comparison } from './compare.js';
import { documented } from './documented.js';
import type { Given } from './row.js';

const entries: Readonly<Record<string, DifferenceEntry>> = differences;
const givens: readonly Given[] = [
  'usual',
  'absent',
  'null',
  'wrong type',
  'changed later',
  'subclassed',
  'called twice',
];

/** The name of a row in {@link documented}. */
export function nameOf({ member, use }: Pick<Comparison, 'member' | 'use'>): string {
  return `${member}: ${use}`;
}

/** What contradicts the documentation: undocumented differences, documented rows that are alike, names of no row. */
export function complaints(comparisons: readonly Comparison[]): string[] {
  const explained = new Map(
    Object.entries(documented).flatMap(([id, { rows = [] }]) => rows.map(row => [row, id] as const)),
  );
  const known = new Set(comparisons.map(nameOf));
  return [
    ...twice(comparisons.map(nameOf)).map(name => `Two rows are called "${name}".`),
    ...comparisons
      .filter(row => !row.alike && !explained.has(nameOf(row)))
      .map(row => `"${nameOf(row)}" differs and is not documented: ${row.outcomes.join(' | ')}`),
    ...comparisons
      .filter(row => row.alike && explained.has(nameOf(row)))
      .map(row => `"${nameOf(row)}" is alike in both, but documented as ${explained.get(nameOf(row))}.`),
    ...[...explained].filter(([row]) => !known.has(row)).map(([row, id]) => `${id} names "${row}", which is no row.`),
    ...Object.entries(documented)
      .filter(([, { rows = [], defects = [] }]) => rows.length + defects.length === 0)
      .map(([id]) => `Nothing shows ${id}.`),
  ];
}

/** The migration table with its counts, as Markdown. */
export function migrationTable(comparisons: readonly Comparison[]): string {
  const alike = comparisons.filter(row => row.alike).length;
  const members = new Set(comparisons.map(({ member }) => member));
  return [
    `${comparisons.length} uses of ${members.size} members run against aurelia-authentication 3.8.3 and this library: ${alike} behave alike,`,
    `${comparisons.length - alike} differ for one of the reasons below.`,
    '',
    '| aurelia-authentication | this library | instead | shown by |',
    '|---|---|---|---|',
    ...Object.entries(entries).map(
      ([id, { there, here, write = '' }]) => `| ${there} | ${here} | ${write} | ${evidenceOf(id as Difference)} |`,
    ),
    '',
    `| class | members | uses | alike | ${givens.join(' | ')} |`,
    `|---|---|---|---|${'---|'.repeat(givens.length)}`,
    ...classes(comparisons),
  ].join('\n');
}

/** The source of `src/check/members.ts`: which differences each member has. */
export function membersModule(comparisons: readonly Comparison[]): string {
  const byRow = new Map(
    Object.entries(documented).flatMap(([id, { rows = [] }]) => rows.map(row => [row, id] as const)),
  );
  const byMember = new Map<string, Set<string>>();
  for (const row of comparisons.filter(({ member }) => /^[A-Z]\w+\.\w+$/.test(member))) {
    const found = byMember.get(row.member) ?? new Set();
    const id = byRow.get(nameOf(row));
    byMember.set(row.member, id ? found.add(id) : found);
  }
  const lines = [...byMember]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([member, ids]) => `  '${member}': [${[...ids].map(id => `'${id}'`).join(', ')}],`);
  return [
    "import type { Difference } from './differences.js';",
    '',
    '/** The members of aurelia-authentication, and how each behaves otherwise. Written by `npm run compatibility -- --write`. */',
    'export const members: Readonly<Record<string, readonly Difference[]>> = {',
    ...lines,
    '};',
    '',
  ].join('\n');
}

function classes(comparisons: readonly Comparison[]): string[] {
  const byClass = new Map<string, Comparison[]>();
  for (const row of comparisons) {
    const [name = ''] = row.member.split('.');
    byClass.set(name, [...(byClass.get(name) ?? []), row]);
  }
  return [...byClass].map(([name, rows]) => {
    const counts = givens.map(given => rows.filter(row => row.given === given).length);
    const members = new Set(rows.map(({ member }) => member)).size;
    return `| ${name} | ${[members, rows.length, rows.filter(row => row.alike).length, ...counts].join(' | ')} |`;
  });
}

function evidenceOf(id: Difference): string {
  const { rows = [], defects = [] } = documented[id];
  return [...(rows.length > 0 ? [`${rows.length} of the uses`] : []), ...defects].join(', ');
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
