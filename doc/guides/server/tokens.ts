import { memoryStore, tokenIssuer } from 'aurelia-auth-refresh/express';

/** Stands for your database, which stores password hashes. */
export const users = new Map([
  ['ada@example.com', { id: 'user-1', password: 'analytical engine', roles: ['admin'], disabled: false }],
]);

export const tokens = tokenIssuer({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000',
  secret: process.env['TOKEN_SECRET'] ?? '',
  refreshToken: { idleLifetimeSeconds: 7 * 86_400, absoluteLifetimeSeconds: 30 * 86_400 },
  store: memoryStore(),
  claims: session => {
    const user = [...users.values()].find(({ id }) => id === session.sub);
    return user !== undefined && !user.disabled && { roles: user.roles };
  },
});
