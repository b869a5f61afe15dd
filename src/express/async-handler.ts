import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** Passes rejections to `next`. In Express 4, a rejected handler would end the process. */
export function asyncHandler(
  handler: (req: Request, res: Response, next: NextFunction) => Promise<unknown>,
): RequestHandler {
  return (req, res, next) => {
    handler(req, res, next).catch(next);
  };
}
