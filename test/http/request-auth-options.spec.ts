import { withAuthOptions } from 'aurelia-auth-refresh/core';
import { api, houseWithBearer } from './support.js';

describe('withAuthOptions()', () => {
  it('sends a request without the token', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const request = withAuthOptions(new Request(`${api}/x`), { auth: false });
    expect((await bearer.fetch(request)).status).toBe(401);
    expect((await bearer.fetch(request, { auth: true })).status).toBe(200);
    expect((await bearer.fetch(new Request(`${api}/x`))).status).toBe(200);
  });

  it('sends a request of a frame without the token', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const { Request: FrameRequest } = frame.contentWindow as unknown as typeof globalThis;
    expect((await bearer.fetch(new FrameRequest(`${api}/x`))).status).toBe(200);
    expect((await bearer.fetch(withAuthOptions(new FrameRequest(`${api}/x`), { auth: false }))).status).toBe(401);
    frame.remove();
  });

  it('does not retry a request', async () => {
    const { bearer, session, server } = houseWithBearer();
    session.logIn(server.logIn());
    server.expireAccess();
    expect((await bearer.fetch(withAuthOptions(new Request(`${api}/x`), { replay: false }))).status).toBe(401);
    expect(server.refreshes.length).toBe(0);
  });
});
