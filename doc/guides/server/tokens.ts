import { sqliteStore, tokenIssuer } from 'aurelia-auth-refresh/express';
import Database from 'better-sqlite3';

/** Stands for your database, which stores password hashes. */
export const users = new Map([
  [
    'ada@example.com',
    { id: 'user-1', password: 'analytical engine', passwordChangedAt: 0, roles: ['admin'], disabled: false },
  ],
]);

/** Tolerated difference between the clocks of this process and of the store. */
const clockDifferenceMs = 5_000;

export const tokens = tokenIssuer({
  issuer: 'http://localhost:3000',
  audience: 'http://localhost:3000',
  secret: process.env['TOKEN_SECRET'] ?? '',
  refreshToken: { idleLifetimeSeconds: 7 * 86_400, absoluteLifetimeSeconds: 30 * 86_400 },
  store: sqliteStore(new Database(process.env['SESSIONS_FILE'] ?? 'sessions.db')),
  claims: session => {
    const user = [...users.values()].find(({ id }) => id === session.sub);
    if (user === undefined || user.disabled) return false;
    if (user.passwordChangedAt > session.validFrom + clockDifferenceMs) return false;
    return { roles: user.roles };
  },
});
