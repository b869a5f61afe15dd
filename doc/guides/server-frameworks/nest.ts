import type { CanActivate, ExecutionContext, INestApplication } from '@nestjs/common';
import {
  oauthErrorHandler,
  refreshToken,
  requireToken,
  sendTokens,
  type TokenIssuer,
} from 'aurelia-auth-refresh/express';
import express, { type Request, type Response } from 'express';

/** A guard for controllers: `@UseGuards(new TokenAuthGuard(tokens))`. `tokenClaims(req)` returns the claims. */
export class TokenAuthGuard implements CanActivate {
  private readonly handle;

  constructor(tokens: TokenIssuer) {
    this.handle = requireToken(tokens);
  }

  canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const [req, res] = [http.getRequest<Request>(), http.getResponse<Response>()];
    return new Promise((resolve, reject) => {
      res.once('close', () => resolve(false));
      this.handle(req, res, error => (error ? reject(error) : resolve(true)));
    });
  }
}

/** Adds the login route to a Nest application on Express. */
export function useLogin(
  app: INestApplication,
  tokens: TokenIssuer,
  login: (body: unknown) => Promise<{ sub: string }>,
) {
  app.use('/auth/login', express.json(), refreshToken(tokens), async (req: Request, res: Response) => {
    sendTokens(res, await tokens.issue(await login(req.body)));
  });
  app.use('/auth/login', oauthErrorHandler());
}
