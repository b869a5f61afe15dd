import { parameters, repeatedParameters } from './query-parameters.js';
import type { Criteria } from './rest-client.js';

/**
 * Returns the path of a resource: with an id as its last segment, or with criteria as its query.
 *
 * @param repeatsLists whether lists become `a=1&a=2` instead of `a[]=1&a[]=2`
 */
export function requestPath(path: string, idOrCriteria?: Criteria, criteria?: Criteria, repeatsLists = false): string {
  const parametersOf = repeatsLists ? repeatedParameters : parameters;
  const withCriteria = (resource: string, values: Criteria | undefined) => {
    const text = typeof values === 'object' ? parametersOf(values).toString() : '';
    return text === '' ? resource : `${resource}?${text}`;
  };
  if (idOrCriteria === undefined || idOrCriteria === null || idOrCriteria === '') return withCriteria(path, criteria);
  if (typeof idOrCriteria === 'object') return withCriteria(path, idOrCriteria);
  const slash = path.endsWith('/') ? '/' : '';
  return withCriteria(`${path.replace(/\/+$/, '')}/${idOrCriteria}${slash}`, criteria);
}
