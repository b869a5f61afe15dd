import type { ObservedResponse } from './responses.js';
import { type Row, rows } from './rows.js';
import type { ServerKind } from './server-kind.js';

export type Cell =
  | { readonly kind: 'right'; readonly remark: string }
  /** Wrong, and known to be the server's limit. */
  | { readonly kind: 'limit'; readonly limit: string; readonly seen: string }
  | { readonly kind: 'wrong'; readonly seen: string };

/** What one server did. */
export interface ServerResult {
  readonly server: ServerKind;
  readonly versions: string;
  readonly client: 'aurelia' | 'oidc';
  readonly cells: ReadonlyMap<Row, Cell>;
  readonly responses: readonly ObservedResponse[];
}

export interface Run {
  readonly results: readonly ServerResult[];
  readonly engine: string;
  readonly date: string;
}

const clients = {
  aurelia: 'the Aurelia plugin, `AuthService.login()`',
  oidc: '`./oidc`, authorization code with PKCE',
} as const;

/** What is wrong with the run, in lines. */
export function defects({ results }: Run): string[] {
  return results.flatMap(({ server, cells }) =>
    [...cells].flatMap(([{ title }, cell]) =>
      cell.kind === 'wrong' ? [`${server.title}: ${title}: ${cell.seen}`] : [],
    ),
  );
}

/** The page of the documentation. */
export function markdown({ results, engine, date }: Run): string {
  return [
    '# Real servers',
    '',
    `The client with authorization servers that people run, each from its own package in a small app, in ${engine} on ${date}.
\`npm run test:servers\` starts the servers, tries every row and writes this page. It fails where a cell is neither right nor a documented
limit of the server. The options for each server, and for servers that are not in the table, are in [Backends](guides/backends.md).`,
    '',
    '| server | versions | client |',
    '|---|---|---|',
    ...results.map(({ server, versions, client }) => `| ${server.title} | ${versions} | ${clients[client]} |`),
    '',
    'Access tokens live for a few seconds in these runs. Each row starts with a new browser profile.',
    '',
    '## Rows',
    '',
    ...rowTable(results),
    '',
    '## Responses of the refresh endpoints',
    '',
    `Refresh tokens of several kinds, presented without a client in between, and how \`classifyRefreshResponse\` classifies each response.
Successful responses are left out. If the request carried the access token, the client repeats it without, and only that response counts.`,
    '',
    '| server | cause | response | headers | body | classification |',
    '|---|---|---|---|---|---|',
    ...results.flatMap(({ server, responses }) =>
      responses.map(
        ({ cause, status, headers, body, classification }) =>
          `| ${server.title} | ${cause} | ${status} | ${code(excerpt(headers))} | ${code(excerpt(body))} | ${classification} |`,
      ),
    ),
    '',
  ].join('\n');
}

function rowTable(results: readonly ServerResult[]): string[] {
  const notes: string[] = [];
  const mark = (text: string): string => {
    if (text === '') return '';
    if (!notes.includes(text)) notes.push(text);
    return ` <sup>${notes.indexOf(text) + 1}</sup>`;
  };
  const lines = rows.map(row => {
    const cells = results.map(({ cells }) => shown(cells.get(row), mark));
    return `| ${row.title} | ${row.right} | ${cells.join(' | ')} |`;
  });
  return [
    `| | right is: | ${results.map(({ server }) => server.title).join(' | ')} |`,
    `|---|---|${results.map(() => '---|').join('')}`,
    ...lines,
    '',
    ...notes.map((text, index) => `${index + 1}. ${text[0]?.toUpperCase()}${text.slice(1)}.`),
  ];
}

function shown(cell: Cell | undefined, mark: (text: string) => string): string {
  if (cell === undefined) return '–';
  if (cell.kind === 'right') return `yes${mark(cell.remark)}`;
  return cell.kind === 'limit' ? `limit${mark(cell.limit)}` : 'no';
}

/** The table for a terminal. */
export function terminalTable({ results }: Run): string {
  return results
    .flatMap(({ server, versions, cells, responses }) => [
      `\n${server.title} (${versions})`,
      ...[...cells].map(([{ title }, cell]) => `  ${cell.kind.padEnd(5)}  ${title}${detail(cell)}`),
      ...responses.map(
        ({ cause, status, headers, body, classification }) =>
          `  ${status}  ${cause} → ${classification}: ${headers || 'no header'}: ${excerpt(body)}`,
      ),
    ])
    .join('\n');
}

function detail(cell: Cell): string {
  if (cell.kind !== 'right') return `: ${cell.seen}`;
  return cell.remark === '' ? '' : `: ${cell.remark}`;
}

function code(text: string): string {
  return text === '' ? 'none' : `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}

function excerpt(body: string): string {
  const line = body.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
