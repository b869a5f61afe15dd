import { parameters } from './query-parameters.js';
import type { Criteria } from './rest-client.js';

/** Returns the path of a resource: with an id as its last segment, or with criteria as its query. */
export function requestPath(path: string, idOrCriteria?: Criteria, criteria?: Criteria): string {
  if (idOrCriteria === undefined || idOrCriteria === null || idOrCriteria === '') return withCriteria(path, criteria);
  if (typeof idOrCriteria === 'object') return withCriteria(path, idOrCriteria);
  const slash = path.endsWith('/') ? '/' : '';
  return withCriteria(`${path.replace(/\/+$/, '')}/${idOrCriteria}${slash}`, criteria);
}

function withCriteria(path: string, criteria: Criteria | undefined): string {
  const text = typeof criteria === 'object' ? parameters(criteria).toString() : '';
  return text === '' ? path : `${path}?${text}`;
}
