import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Process ids of the running descendants of a process whose command line contains the text. None except on Linux. */
export function descendantProcesses(ancestor: number, commandPart: string): number[] {
  const children = runningProcesses().filter(({ parent }) => parent === ancestor);
  return children.flatMap(({ id }) => [
    ...(read(id, 'cmdline').includes(commandPart) ? [id] : []),
    ...descendantProcesses(id, commandPart),
  ]);
}

/** Sends a signal to processes. One that has ended meanwhile is left out. */
export function signalProcesses(ids: readonly number[], signal: NodeJS.Signals): void {
  for (const id of ids) {
    try {
      process.kill(id, signal);
    } catch (error) {
      if (Object(error).code !== 'ESRCH') throw error;
    }
  }
}

function runningProcesses(): { readonly id: number; readonly parent: number }[] {
  if (!existsSync('/proc')) return [];
  const ids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  return ids.map(Number).flatMap(id => {
    // The command stands in parentheses and may contain spaces.
    const [state, parent] = read(id, 'stat')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? [] : [{ id, parent: Number(parent) }];
  });
}

/** Returns an empty text if the process has ended. */
function read(id: number, file: string): string {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
