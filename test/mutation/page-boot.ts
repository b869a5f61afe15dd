/** Runs the specs of a page. Reports the first failure, and the statements that each spec executes. */
export {};

interface SpecResult {
  readonly status: string;
  readonly fullName: string;
}

interface Jasmine {
  DEFAULT_TIMEOUT_INTERVAL: number;
  getEnv(): {
    configure(options: object): void;
    addReporter(reporter: {
      specStarted(): void;
      specDone(result: SpecResult): void;
      jasmineDone(result: { readonly overallStatus: string }): void;
    }): void;
    execute(): void;
  };
}

interface FileCoverage {
  readonly s: Readonly<Record<string, number>>;
  readonly statementMap: object;
}

declare global {
  var jasmineRequire: { core(self: unknown): Jasmine; interface(jasmine: Jasmine, env: unknown): object };
  /** Specs to run; if null, all. */
  var specNames: readonly string[] | null;
  var __coverage__: Readonly<Record<string, FileCoverage>> | undefined;
  function reportRun(address: string, run: object): void;
}

const core = jasmineRequire.core(jasmineRequire);
const env = core.getEnv();
Object.assign(globalThis, { jasmine: core }, jasmineRequire.interface(core, env));
const chosen = specNames && new Set(specNames);
env.configure({
  random: false,
  stopOnSpecFailure: true,
  failSpecWithNoExpectations: true,
  specFilter: (spec: { getFullName(): string }) => chosen?.has(spec.getFullName()) ?? true,
});
// Without a change, only a busy machine keeps a spec from ending.
core.DEFAULT_TIMEOUT_INTERVAL = chosen ? 10_000 : 60_000;

const coverage: Record<string, string[]> = {};
const names: string[] = [];
let before = executed();
let failure: string | undefined;

env.addReporter({
  specStarted() {
    before = executed();
  },
  specDone({ status, fullName }) {
    if (status === 'excluded') return;
    names.push(fullName);
    if (status === 'failed') failure ??= fullName;
    for (const [statement, count] of executed()) {
      if (count > (before.get(statement) ?? 0)) coverage[statement] = [...(coverage[statement] ?? []), fullName];
    }
  },
  jasmineDone({ overallStatus }) {
    if (overallStatus === 'failed' || names.length === 0) failure ??= 'a failure outside of the specs';
    const statements = Object.fromEntries(files().map(([file, { statementMap }]) => [file, statementMap]));
    reportRun(address, { failure, coverage, statements, names });
  },
});

const { href: address } = location;
addEventListener('error', ({ message }) => {
  failure ??= message;
});
addEventListener('load', () => {
  if (failure === undefined) env.execute();
  else reportRun(address, { failure, coverage: {}, statements: {}, names: [] });
});

function executed(): Map<string, number> {
  return new Map(files().flatMap(([file, { s }]) => Object.entries(s).map(([id, count]) => [`${file}:${id}`, count])));
}

function files(): [string, FileCoverage][] {
  return Object.entries(globalThis.__coverage__ ?? {});
}
