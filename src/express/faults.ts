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
    const hidden = texts.flatMap(text => [text, encodeURIComponent(text)]);
    tell({ type: 'fault', cause: without(hidden, thrown), ...context });
  };
}

/** What says why an error came about. Everything else on it may hold the request with all that is in it. */
const telling = ['name', 'stack', 'code', 'status', 'error', 'error_description'];
const deepest = 5;

function without(secrets: readonly string[], thrown: unknown, depth = 0): unknown {
  const clean = (value: unknown): unknown =>
    typeof value === 'string' ? secrets.reduce((text, secret) => text.replaceAll(secret, '…'), value) : value;
  if (typeof thrown !== 'object' || thrown === null) return clean(thrown);
  const read = (name: string): unknown => Reflect.get(thrown, name);
  const cause = depth < deepest ? read('cause') : undefined;
  const copy = new Error(
    String(clean(read('message') ?? '')),
    cause === undefined ? {} : { cause: without(secrets, cause, depth + 1) },
  );
  const properties = telling.map((name): [string, unknown] => [name, clean(read(name))]);
  const plain = properties.filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return Object.assign(copy, Object.fromEntries(plain));
}
