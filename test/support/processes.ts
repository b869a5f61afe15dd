import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the running children of a process whose command line contains the text. Linux only. */
export function childProcesses(parent: number, commandPart: string): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && isRunningChild(name, parent) && read(name, 'cmdline').includes(commandPart))
    .map(Number);
}

function isRunningChild(pid: string, parent: number): boolean {
  // The command stands in parentheses and may contain spaces.
  const [state, parentId] = read(pid, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(parentId) === parent && state !== 'Z';
}

/** Returns an empty text if the process has ended. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
