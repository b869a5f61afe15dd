import { browserPorts, Session } from 'aurelia-auth-refresh/core';
import { OpenIdConnect } from 'aurelia-auth-refresh/oidc';
import { openIdOptions } from './open-id-options.js';

const oidc = new OpenIdConnect(openIdOptions);
oidc.endedAtProvider(new Session(oidc.sessionOptions, browserPorts()));
