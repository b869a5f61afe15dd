import { RouterConfiguration } from '@aurelia/router';
import { AppTask, Aurelia } from 'aurelia';
import { AuthConfiguration, IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { ParkedRequests } from 'aurelia-auth-refresh/core';
import { defineAuthDevtools } from 'aurelia-auth-refresh/devtools';
import { signInOnFirstVisit } from '../../session/first-visit.js';
import { keepFocus } from '../../session/kept-focus.js';
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

const firstVisit = AppTask.activating(IAuthService, service => signInOnFirstVisit(user => service.logIn(user)));

defineAuthDevtools();
keepFocus();
void Aurelia.register(
  RouterConfiguration.customize({ useUrlFragmentHash: true }),
  auth,
  firstVisit,
  SessionPanel,
  SignInAgain,
)
  .app(App)
  .start();
