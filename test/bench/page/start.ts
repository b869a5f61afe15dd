import { type ClientName, clientKinds } from '../../peers/clients/all.js';
import type { Tokens } from '../../peers/clients/client.js';
import { stopwatch } from './wire.js';

export interface Start {
  readonly ms: number;
  /** Tasks of the page that ran in between; 0 if the client was ready within its first task. */
  readonly tasks: number;
}

/** Stores a session for the next page. */
export async function leaveSession(name: ClientName, tokens: Tokens): Promise<void> {
  const client = await clientKinds[name].open();
  await client.logIn(tokens);
}

/** Measures from opening a client with a stored session and a fresh access token to the first authorised request. */
export async function start(name: ClientName): Promise<Start> {
  const tasks = countTasks();
  const startMs = stopwatch();
  const client = await clientKinds[name].open();
  const request = await client.authorize(new Request('/api/first'));
  const ms = stopwatch() - startMs;
  if (!request.headers.has('Authorization')) throw new Error('The request went out bare.');
  return { ms, tasks: tasks() };
}

/** Counts the tasks of the page. Returns a function that reads the count once. */
function countTasks(): () => number {
  let tasks = 0;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    tasks++;
    port2.postMessage(undefined);
  };
  port2.postMessage(undefined);
  return () => {
    port1.close();
    return tasks;
  };
}
