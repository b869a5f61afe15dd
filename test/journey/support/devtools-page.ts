/** A bare page with `<auth-devtools>` and a fake server. */
import { Bearer, browserPorts, protectedUrls, Session } from 'aurelia-auth-refresh/core';
import { defineAuthDevtools } from 'aurelia-auth-refresh/devtools';
import { FakeTokenServer } from 'aurelia-auth-refresh/testing';

const clock = {
  now: () => Date.now(),
  after(delayMs: number, action: () => void) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
const server = new FakeTokenServer({ clock, accessTokenLifetimeSeconds: 20 });
const session = new Session({ refresh: { url: '/auth/login' } }, { ...browserPorts(), fetch: server.fetch });
const bearer = new Bearer(session, { protects: protectedUrls(['/api'], document.baseURI), fetch: server.fetch });
session.logIn(server.logIn());

defineAuthDevtools();
const devtools = document.createElement('auth-devtools');
Object.assign(devtools, { session, bearer, server });
document.querySelector('main')?.append(devtools);

async function disturb(): Promise<void> {
  await Promise.all(Array.from({ length: 30 }, () => bearer.fetch('/api/orders')));
  server.expireAccess();
  await bearer.fetch('/api/orders', { method: 'POST' });
}

void disturb();
