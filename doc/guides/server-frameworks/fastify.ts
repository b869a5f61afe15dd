import { OAuthError, refreshRequest, type TokenIssuer, tokenGuard } from 'aurelia-auth-refresh/server';
import { fastify } from 'fastify';

export function fastifyApp(tokens: TokenIssuer, login: (body: unknown) => Promise<{ sub: string }>) {
  const app = fastify({ trustProxy: false });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof OAuthError)) return reply.send(error);
    return reply.code(error.status).headers(error.headers).send(error.toJSON());
  });

  app.post('/auth/login', async ({ body, ip, headers }, reply) => {
    reply.header('cache-control', 'no-store');
    const from = { ip, userAgent: headers['user-agent'] };
    const refresh = refreshRequest(body);
    return refresh ? tokens.refresh(refresh, from) : tokens.issue(await login(body), from);
  });

  const guard = tokenGuard(tokens);
  app.get('/api/me', async ({ method, protocol, host, url, headers }) => {
    const { sub } = await guard({ method, url: `${protocol}://${host}${url}`, headers });
    return { id: sub };
  });
  return app;
}
