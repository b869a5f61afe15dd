import { RouterConfiguration } from '@aurelia/router';
import { Aurelia } from 'aurelia';
import { AuthConfiguration } from 'aurelia-auth-refresh/aurelia2';
import { ParkedRequests } from 'aurelia-auth-refresh/core';
import { App } from './app.js';
import { SessionPanel } from './session-panel.js';
import { SignInAgain } from './sign-in-again.js';

const auth = AuthConfiguration.customize({
  session: {
    refresh: { url: '/auth/login' },
    revocation: { url: '/auth/revoke' },
  },
  homeRoute: 'expenses',
  // A session that the server ends is continued in a dialog: the page stays, and requests wait.
  parkedRequests: session => new ParkedRequests(session),
  staysOnExpiry: true,
});

void Aurelia.register(RouterConfiguration.customize({ useUrlFragmentHash: true }), auth, SessionPanel, SignInAgain)
  .app(App)
  .start();
