import { audit, type RequestContext, type TokenEventListener } from './audit.js';
import { OAuthError } from './oauth-error.js';

/** @param secrets what the request brought in confidence, which may stand in the error */
export type FaultListener = (thrown: unknown, context?: RequestContext, secrets?: readonly unknown[]) => void;

/** Tells the listener of faults. An {@link OAuthError} is none: if a fault led to it, that was told of where it happened. */
export function faults(listener: TokenEventListener | undefined): FaultListener {
  if (listener === undefined) return () => undefined;
  const tell = audit(listener);
  return (thrown, context = {}, secrets = []) => {
    if (thrown instanceof OAuthError) return;
    const texts = secrets.filter((secret): secret is string => typeof secret === 'string' && secret !== '');
    const hidden = texts.flatMap(text => [text, asJson(text), asForm(text)]);
    tell({ type: 'fault', cause: without(hidden, thrown), ...context });
  };
}

function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function asForm(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** What says why an error came about. Everything else on it may hold the request with all that is in it. */
const telling = ['name', 'stack', 'code', 'status', 'error', 'error_description'];
const deepest = 5;

function without(secrets: readonly string[], thrown: unknown, depth = 0): unknown {
  const clean = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  if (typeof thrown === 'string') return clean(thrown);
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const copy = new Error();
  for (const name of ['message', ...telling]) {
    const value: unknown = Reflect.get(thrown, name);
    if (typeof value === 'string') Object.assign(copy, { [name]: clean(value) });
    else if (typeof value === 'number') Object.assign(copy, { [name]: value });
  }
  const cause: unknown = Reflect.get(thrown, 'cause');
  if (cause !== undefined && depth < deepest) copy.cause = without(secrets, cause, depth + 1);
  return copy;
}
