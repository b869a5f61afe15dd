import type { Finding, ShownDifference, Verdict } from './finding.js';

/** What the check found, for programs. */
export interface Report {
  readonly folder: string;
  readonly version: string;
  readonly counts: Readonly<Record<Verdict, number>>;
  readonly findings: readonly Finding[];
}

/** Counts the findings. */
export function report(folder: string, version: string, findings: readonly Finding[]): Report {
  const count = (verdict: Verdict) => findings.filter(finding => finding.verdict === verdict).length;
  return {
    folder,
    version,
    counts: { change: count('change'), look: count('look'), stays: count('stays') },
    findings,
  };
}

/** The report as plain text: one line for each use, with what differs and what to write below it. */
export function plainText({ counts, findings, version }: Report): string {
  const { change, look, stays } = counts;
  return [
    ...findings.flatMap(textOfFinding),
    '',
    `${findings.length} uses of aurelia-authentication, compared with aurelia-auth-refresh ${version}:`,
    `  ${change} change: write what the report says`,
    `  ${look} look: the behaviour differs; adapt the application if it relies on the old behaviour`,
    `  ${stays} stays: nothing to do`,
    '',
  ].join('\n');
}

function textOfFinding({ file, line, column, verdict, use, differences, write }: Finding): string[] {
  return [
    `${file}:${line}:${column} ${verdict} ${use}`,
    ...(write === undefined ? [] : [`    write  ${write}`]),
    ...differences.flatMap(textOfDifference),
  ];
}

function textOfDifference({ there, here, write }: ShownDifference): string[] {
  return [`    3.8.3  ${there}`, `    here   ${here}`, ...(write === undefined ? [] : [`    write  ${write}`])];
}
