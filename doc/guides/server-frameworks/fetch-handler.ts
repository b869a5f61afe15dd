import { OAuthError, refreshRequest, type TokenIssuer, tokenGuard } from 'aurelia-auth-refresh/server';

type Login = (body: unknown) => Promise<{ sub: string }>;

export function fetchHandler(tokens: TokenIssuer, login: Login): (request: Request) => Promise<Response> {
  const guard = tokenGuard(tokens);
  const routes: Record<string, (request: Request) => Promise<object>> = {
    async 'POST /auth/login'(request) {
      const body: unknown = await request.json().catch(() => undefined);
      const refresh = refreshRequest(body);
      return refresh ? tokens.refresh(refresh) : tokens.issue(await login(body));
    },
    'GET /api/me': async request => ({ id: (await guard(request)).sub }),
  };
  return async request => {
    const route = routes[`${request.method} ${new URL(request.url).pathname}`];
    if (route === undefined) return Response.json({ error: 'not_found' }, { status: 404 });
    try {
      return Response.json(await route(request), { headers: { 'cache-control': 'no-store' } });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      return Response.json(error, { status: error.status, headers: { ...error.headers, 'cache-control': 'no-store' } });
    }
  };
}
