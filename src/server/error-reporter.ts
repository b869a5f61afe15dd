import { OAuthError } from './oauth-error.js';
import { eventEmitter, type RequestContext, type TokenEventListener } from './token-event.js';

/** Reports an error that a dependency threw. @param secrets removed from the reported copy of the error */
export type ErrorReporter = (thrown: unknown, context?: RequestContext, secrets?: readonly unknown[]) => void;

/** Reports errors as `error` events. Ignores each {@link OAuthError}, because its cause was reported where it occurred. */
export function errorReporter(listener: TokenEventListener | undefined): ErrorReporter {
  if (listener === undefined) return () => undefined;
  const emit = eventEmitter(listener);
  return (thrown, context = {}, secrets = []) => {
    if (thrown instanceof OAuthError) return;
    const texts = secrets.filter((secret): secret is string => typeof secret === 'string' && secret !== '');
    const hidden = texts.flatMap(text => [text, asJson(text), asForm(text)]);
    emit({ type: 'error', cause: redacted(hidden, thrown), ...context });
  };
}

function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function asForm(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** Properties that explain an error. Others may reference the whole request. */
const reportedProperties = ['name', 'stack', 'code', 'status', 'error', 'error_description'];
const maxCauseDepth = 5;

function redacted(secrets: readonly string[], thrown: unknown, depth = 0): unknown {
  const clean = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  if (typeof thrown === 'string') return clean(thrown);
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  const copy = new Error();
  for (const name of ['message', ...reportedProperties]) {
    const value: unknown = Reflect.get(thrown, name);
    if (typeof value === 'string') Object.assign(copy, { [name]: clean(value) });
    else if (typeof value === 'number') Object.assign(copy, { [name]: value });
  }
  const cause: unknown = Reflect.get(thrown, 'cause');
  if (cause !== undefined && depth < maxCauseDepth) copy.cause = redacted(secrets, cause, depth + 1);
  return copy;
}
