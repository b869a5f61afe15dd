import { readFileSync } from 'node:fs';
import type { Engine } from '../support/engines.js';
import type { Behaviour, Theme } from './behaviour.js';
import type { EngineRun, Verdict } from './compare.js';
import { type ContestantName, configurations, contestants, contestantTitles, ours } from './contestants.js';

/** Clients with a column. The entry points of this package share one, because the run fails if they differ. */
const columns = contestants.filter(name => name === 'aurelia' || !ours.includes(name));

export interface Run {
  readonly themes: readonly Theme[];
  readonly engines: ReadonlyMap<Engine, EngineRun>;
}

/** The verdicts of the tables: those in Chromium, or in the only engine of the behaviour. */
function rowOf(behaviour: Behaviour, { engines }: Run): EngineRow {
  return engines.get(behaviour.engine ?? 'chromium')?.verdicts.get(behaviour);
}

type EngineRow = ReadonlyMap<ContestantName, Verdict> | undefined;

export interface Count {
  readonly right: number;
  readonly tried: number;
}

/** Failures of the run: broken trials, and behaviours that this library does not show. */
export function defects({ engines }: Run): string[] {
  return [...engines.values()].flatMap(({ title: browser, verdicts }) =>
    [...verdicts].flatMap(([{ title, isChoice }, row]) =>
      [...row].flatMap(([name, verdict]) => {
        const what = `${contestantTitles[name]} in ${browser}: ${title}`;
        if (verdict.kind === 'broken') return [`The trial failed. ${what}: ${said(verdict.error)}`];
        return verdict.kind === 'wrong' && ours.includes(name) && !isChoice ? [`${what}: ${verdict.seen}`] : [];
      }),
    ),
  );
}

export function counts(run: Run): ReadonlyMap<ContestantName, Count> {
  const rows = behavioursOf(run).map(behaviour => rowOf(behaviour, run));
  return new Map(contestants.map(name => [name, countOf(rows.map(row => row?.get(name)))]));
}

function countOf(verdicts: readonly (Verdict | undefined)[]): Count {
  const right = verdicts.filter(verdict => verdict?.kind === 'right').length;
  return { right, tried: right + verdicts.filter(verdict => verdict?.kind === 'wrong').length };
}

function behavioursOf({ themes }: Run): Behaviour[] {
  return themes.flatMap(({ behaviours }) => behaviours);
}

export function terminalTable(run: Run): string {
  const lines = run.themes.flatMap(({ title, behaviours }) => [
    '',
    title,
    ...behaviours.flatMap(behaviour => terminalRow(behaviour, run)),
  ]);
  const header = contestants.map((name, index) => `${index + 1} ${contestantTitles[name]}`).join('\n');
  const numbers = contestants.map((_, index) => `${index + 1}`.padEnd(4)).join('');
  const totals = [...counts(run)].map(
    ([name, { right, tried }]) => `${contestantTitles[name]}: ${right} of ${tried} behaviours`,
  );
  return [header, '', numbers, ...lines, '', ...totals, ...elsewhere(run)].join('\n');
}

/** What this library showed in engines beside Chromium. */
function elsewhere({ engines }: Run): string[] {
  return [...engines].flatMap(([engine, { title, verdicts }]) => {
    if (engine === 'chromium') return [];
    const rows = [...verdicts].flatMap(([{ isChoice }, row]) => (isChoice ? [] : [row]));
    const { right, tried } = countOf(rows.flatMap(row => ours.map(name => row.get(name))));
    return [`${title}: this library is right in ${right} of ${tried} trials, without those of injected scripts`];
  });
}

function terminalRow(behaviour: Behaviour, run: Run): string[] {
  const row = rowOf(behaviour, run);
  if (!row) return [];
  return [contestants.map(name => cell(row.get(name)).padEnd(4)).join('') + behaviour.title];
}

/** The documentation page. */
export function markdown(run: Run, sizes: ReadonlyMap<ContestantName, number> = new Map()): string {
  const counted = counts(run);
  return [
    '# Beside other libraries',
    '',
    `What people choose an authentication library by, tried with this one and with others: each behaviour in a profile of its own of
${run.engines.get('chromium')?.title}, against a hostile server of its own over real HTTP. A verdict comes from what that server received and what
the page received, never from internal state. Each library is set up as its own documentation recommends. \`npm run compare\` does all of
it again and writes this page; it fails where this library is wrong. Other versions, other configurations and other servers may do
better or worse.`,
    '',
    '| | | version | right | kB | configured with |',
    '|---|---|---|---|---:|---|',
    ...columns.map(name => {
      const { right, tried } = counted.get(name) ?? { right: 0, tried: 0 };
      return `| ${letterOf(name)} | ${nameOf(name)} | ${versionOf(name)} | ${right} of ${tried} | ${kilobytes(sizes.get(name))} | ${configurations[name]} |`;
    }),
    '',
    `The letters are the columns of the tables below. “kB” is what a page loads for the client as it is configured here, minified and
compressed by gzip, without the framework. A dash: the row does not apply. An hour passes by putting the clocks of the server and the
pages ahead, as after sleep: no timer fires. The server is also an OpenID provider, at which the user stays signed in. Clients that
keep tokens in memory sign in there again after a reload, in a hidden frame.

The entry points \`aurelia-auth-refresh/aurelia2\` and \`aurelia-auth-refresh/core\` are tried too; they have no column, because the run fails
unless they are right in the same rows. All three are also tried in two other engines. The other libraries are tried in Chromium alone,
except in rows that name WebKit:

${elsewhere(run)
  .map(line => `- ${line}`)
  .join('\n')}

The pages, the server and the trials are in [\`test/compare\`](../test/compare) and [\`test/peers\`](../test/peers).`,
    ...run.themes.map(theme => themeTable(theme, run)),
    '',
    betterElsewhere,
  ].join('\n');
}

/** What the trials do not show, since it is a choice rather than a behaviour. */
const betterElsewhere = `## What others are better at

- **Tokens out of reach of scripts by default.** \`oidc-spa\`, \`keycloak-js\` and \`@auth0/auth0-spa-js\` keep tokens in memory by default. After a
  reload they sign in again at the provider. A script that an attacker brings into the page finds no token in a storage, and
  \`@auth0/auth0-spa-js\` sends the refresh token from a worker, where such a script cannot read it. \`oidc-spa\` can also hide the access token
  from scripts, and freeze the functions that they would replace. This library stores tokens in \`localStorage\` by default, so that a
  reload and a second tab find the session without a provider; \`storage: 'memory'\` and [cookies](guides/server-cookies.md) are its
  other two choices. [Is localStorage safe?](guides/security.md#is-localstorage-safe)
- **Size.** \`keycloak-js\` and the hand-written client are far smaller: the column “kB” above, and [the sizes](performance.md#size).
- **Types from a schema.** \`oidc-spa\` types the claims of the id token by a schema of the application, and checks them with it.
- **A server that others run.** Auth0, Keycloak and Supabase come with login pages, second factors and user management. This library
  comes with the session alone, and with middlewares for a server of your own.
`;

function kilobytes(bytes = Number.NaN): string {
  return (bytes / 1000).toFixed(1);
}

function themeTable({ title, behaviours }: Theme, run: Run): string {
  const notes = new Notes();
  const rows = behaviours.map(behaviour => {
    const row = rowOf(behaviour, run);
    const cells = columns.map(name => cell(row?.get(name)) + notes.mark(row?.get(name)));
    return `| ${behaviour.title} | ${behaviour.right} | ${cells.join(' | ')} |`;
  });
  return [
    '',
    `## ${title}`,
    '',
    `| | right is: | ${columns.map(columnTitle).join(' | ')} |`,
    `|---|---|${columns.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...notes.list(),
  ].join('\n');
}

function cell(verdict: Verdict | undefined): string {
  switch (verdict?.kind) {
    case 'right':
      return 'yes';
    case 'wrong':
      return 'no';
    case 'none':
      return '–';
    default:
      return '?';
  }
}

/** Observations, each listed once below the table. */
class Notes {
  private readonly texts: string[] = [];

  mark(verdict: Verdict | undefined): string {
    const text = verdict?.kind === 'wrong' ? verdict.seen : verdict?.kind === 'none' ? verdict.why : undefined;
    if (text === undefined) return '';
    if (!this.texts.includes(text)) this.texts.push(text);
    return ` <sup>${this.texts.indexOf(text) + 1}</sup>`;
  }

  list(): string[] {
    if (this.texts.length === 0) return [];
    const items = this.texts.map((text, index) => `${index + 1}. ${text[0]?.toUpperCase()}${text.slice(1)}.`);
    return ['<details><summary>What was seen instead</summary>', '', ...items, '', '</details>'];
  }
}

/** The names would make the tables wider than a page. */
function columnTitle(name: ContestantName): string {
  return `<abbr title="${nameOf(name)}">${letterOf(name)}</abbr>`;
}

function letterOf(name: ContestantName): string {
  return String.fromCodePoint(65 + columns.indexOf(name));
}

function nameOf(name: ContestantName): string {
  return contestantTitles[name].replace(/ \d+\.\d+\.\d+.*/, '');
}

function versionOf(name: ContestantName): string {
  if (!ours.includes(name)) return /\d+\.\d+\.\d+.*/.exec(contestantTitles[name])?.[0] ?? '';
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}

function said(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
