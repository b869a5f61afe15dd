import type { Behaviour } from './behaviour.js';
import type { Verdict } from './compare.js';
import { type ContestantName, contestants } from './contestants.js';
import { counts, defects, markdown, type Run } from './report.js';

describe('the comparison with other libraries', () => {
  it('fails if this library deviates through any entry point, or if a trial fails', () => {
    const run = runOf({
      core: { kind: 'wrong', seen: 'signed out' },
      auth0SpaJs: { kind: 'wrong', seen: 'signed out' },
      tutorial: { kind: 'broken', error: 'no page' },
    });
    expect(defects(run)).toEqual([
      'aurelia-auth-refresh/core in Chromium 1.0: 503: signed out',
      'The trial failed. hand-written in Chromium 1.0: 503: no page',
    ]);
    expect(defects(runOf({ predecessor: { kind: 'wrong', seen: 'signed out' } }))).toEqual([]);
  });

  it('counts the trials', () => {
    const counted = counts(
      runOf({ predecessor: { kind: 'wrong', seen: 'x' }, oidcClientTs: { kind: 'none', why: 'y' } }),
    );
    expect(counted.get('aurelia')).toEqual({ right: 1, tried: 1 });
    expect(counted.get('predecessor')).toEqual({ right: 0, tried: 1 });
    expect(counted.get('oidcClientTs')).toEqual({ right: 0, tried: 0 });
  });

  it('writes each observation once', () => {
    const seen = { kind: 'wrong', seen: 'signed out' } as const;
    const page = markdown(
      runOf({ predecessor: seen, auth0SpaJs: seen, oidcClientTs: { kind: 'none', why: 'no requests' } }),
    );
    expect(page).toContain(
      '| 503 | stays signed in | yes | no <sup>1</sup> | – <sup>2</sup> | no <sup>1</sup> | yes | yes | yes | yes | yes | yes | yes |\n\n<details><summary>What was seen instead</summary>\n\n1. Signed out.\n2. No requests.\n\n</details>',
    );
  });
});

/** One behaviour that all clients show except the given ones. */
function runOf(others: Partial<Record<ContestantName, Verdict>>): Run {
  const behaviour: Behaviour = { title: '503', right: 'stays signed in', try: async () => undefined };
  const row = new Map(contestants.map((name): [ContestantName, Verdict] => [name, others[name] ?? { kind: 'right' }]));
  return {
    themes: [{ title: 'Trouble', behaviours: [behaviour] }],
    engines: new Map([['chromium', { title: 'Chromium 1.0', verdicts: new Map([[behaviour, row]]) }]]),
  };
}
