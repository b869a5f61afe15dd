import { HttpClient, type Interceptor } from 'aurelia-fetch-client';
import { type ClientName, clientKinds } from '../../peers/clients/all.js';
import { openAurelia } from '../../peers/clients/aurelia.js';
import type { Client, Tokens } from '../../peers/clients/client.js';
import { inTurn } from '../in-turn.js';
import { stopwatch } from './wire.js';

/** Microseconds per request for each sample. The clients run in turn so that noise affects all of them. */
export type Samples = Partial<Record<string, number[]>>;

export interface Authorising {
  readonly names: readonly ClientName[];
  readonly rounds: number;
  /** Requests in a sample; slow clients get fewer. */
  readonly batch: Readonly<Partial<Record<ClientName, number>>>;
  readonly tokens: Tokens;
}

/** Duration of a sample: a fraction of a millisecond, shorter than a scheduler slice. */
const usualBatch = 250;

export async function authorising({ names, rounds, batch, tokens }: Authorising): Promise<Samples> {
  const clients = await Promise.all(names.map(async name => ({ name, client: await signedIn(name, tokens) })));
  return samplesOf(
    rounds,
    clients.map(({ name, client }) => [name, () => authorised(client, batch[name] ?? usualBatch)]),
  );
}

export async function throughHttpClient({ names, rounds, batch, tokens }: Authorising): Promise<Samples> {
  const pageFetch = globalThis.fetch;
  const clients: { name: string; http: HttpClient; size: number }[] = [
    { name: 'no interceptor', http: new HttpClient(), size: usualBatch / 5 },
  ];
  for (const name of names) {
    const size = Math.ceil((batch[name] ?? usualBatch) / 5);
    clients.push({ name, http: await installed(name, tokens), size });
  }
  globalThis.fetch = async () => new Response(null);
  const samples = await samplesOf(
    rounds,
    clients.map(({ name, http, size }) => [name, () => fetched(http, size)]),
  );
  globalThis.fetch = pageFetch;
  return samples;
}

type Work = readonly [name: string, measure: () => Promise<number>];

/** Runs after some warm-up rounds. */
async function samplesOf(rounds: number, works: readonly Work[]): Promise<Samples> {
  const measure = ([, measure]: Work) => measure();
  await inTurn(works, 20, measure);
  const measured = await inTurn(works, rounds, measure);
  return Object.fromEntries([...measured].map(([[name], samples]) => [name, samples]));
}

async function signedIn(name: ClientName, tokens: Tokens): Promise<Client> {
  const client = await clientKinds[name].open();
  await client.logIn(tokens);
  return client;
}

async function installed(name: ClientName, tokens: Tokens): Promise<HttpClient> {
  if (name === 'aurelia') {
    const { authService, http } = openAurelia();
    authService.setResponseObject(tokens);
    return http;
  }
  const client = await signedIn(name, tokens);
  const interceptor: Interceptor = { request: request => client.authorize(request) };
  return new HttpClient().configure(config => void config.withInterceptor(interceptor));
}

async function authorised(client: Client, size: number): Promise<number> {
  const requests = Array.from({ length: size }, (_, index) => new Request(`/api/things/${index}`));
  const startMs = stopwatch();
  let last: Request | undefined;
  for (const request of requests) {
    const authorised = client.authorize(request);
    last = authorised instanceof Promise ? await authorised : authorised;
  }
  const microseconds = ((stopwatch() - startMs) * 1000) / size;
  if (!last?.headers.get('Authorization')?.startsWith('Bearer ')) throw new Error('A request went out bare.');
  return microseconds;
}

async function fetched(http: HttpClient, size: number): Promise<number> {
  const startMs = stopwatch();
  for (let index = 0; index < size; index++) await http.fetch('/api/things');
  return ((stopwatch() - startMs) * 1000) / size;
}
