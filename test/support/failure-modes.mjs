/**
 * Prints every failure mode of `doc/failure-modes.md` with the suites that test it, or with the reason why none does.
 * Fails on a gap. With the argument `write`, updates the table in that file.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documentPath = join(root, 'doc/failure-modes.md');
const document = readFileSync(documentPath, 'utf8');

const tests = testsById();
const reasons = new Map([...document.matchAll(/^- \*\*(F\d+)\*\*: (.+)$/gm)].map(([, id, reason]) => [id, reason]));
const modes = [...document.matchAll(/^\| (F\d+) \| (.+?) \|.*\|$/gm)].map(([line, id, title]) => ({
  line,
  id,
  title: title.trim(),
  suites: [...(tests.get(id) ?? [])].sort(),
  reason: reasons.get(id),
}));

for (const { id, title, suites, reason } of modes) {
  console.log(`${id.padEnd(5)} ${title}\n      ${shownBy(suites, reason)}`);
}

const known = new Set(modes.map(({ id }) => id));
const gaps = [
  ...missingRows().map(id => `${id} has no row in doc/failure-modes.md.`),
  ...modes
    .filter(({ suites, reason }) => suites.length === 0 && !reason)
    .map(({ id }) => `${id} has neither a test nor a reason.`),
  ...modes
    .filter(({ suites, reason }) => suites.length > 0 && reason)
    .map(({ id }) => `${id} has a test, so it needs no reason.`),
  ...[...tests.keys()]
    .filter(id => !known.has(id))
    .map(id => `${id} stands in the name of a test, but not in doc/failure-modes.md.`),
];
for (const gap of gaps) console.error(gap);
const tested = modes.filter(({ suites }) => suites.length > 0).length;
console.log(
  `${modes.length} failure modes: ${tested} tested, ${modes.length - tested} with a reason, ${gaps.length} gaps`,
);
process.exitCode = gaps.length > 0 ? 1 : 0;

if (process.argv[2] === 'write') {
  const table = modes.reduce(
    (text, { line, id, title, suites, reason }) =>
      text.replace(
        line,
        `| ${id} | ${title} | ${suites.length > 0 ? suites.map(inCode).join(', ') : reason ? 'see below' : ''} |`,
      ),
    document,
  );
  writeFileSync(documentPath, table);
}

function shownBy(suites, reason) {
  if (suites.length > 0) return suites.join(', ');
  return reason ? `does not apply: ${reason}` : 'GAP';
}

/** Ids in test titles: in square brackets, or as a separate string literal that a loop puts into brackets. */
function testsById() {
  const byId = new Map();
  for (const file of specFiles()) {
    for (const [, id] of readFileSync(join(root, file), 'utf8').matchAll(/[['](F\d{2,3})[\]']/g)) {
      byId.set(id, (byId.get(id) ?? new Set()).add(file.replace(/^test\//, '')));
    }
  }
  return byId;
}

function specFiles() {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.spec.ts'))
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length).replaceAll('\\', '/'));
}

/** Numbers between the first and the last row that have no row. */
function missingRows() {
  const last = Math.max(...modes.map(({ id }) => Number(id.slice(1))));
  return Array.from({ length: last }, (_, index) => `F${String(index + 1).padStart(2, '0')}`).filter(
    id => !known.has(id),
  );
}

function inCode(file) {
  return `\`${file.replace(/\.spec\.ts$/, '')}\``;
}
