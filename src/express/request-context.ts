import type { Request } from 'express';
import type { RequestContext } from '../server/token-event.js';

/** Returns the client's address and user agent. Express reads `X-Forwarded-For` only with the setting `trust proxy`. */
export function requestContext(req: Request): RequestContext {
  return { ip: req.ip, userAgent: req.get('user-agent') };
}
