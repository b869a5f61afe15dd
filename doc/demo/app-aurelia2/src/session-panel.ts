import { resolve } from 'aurelia';
import { IAuthService } from 'aurelia-auth-refresh/aurelia2';
import template from '../../app/src/session/session-panel.html?raw';
import { ScenariosModel } from '../../session/scenarios-model.js';
import { ExpensesApi } from './api/expenses-api.js';
import { ScenariosApi } from './api/scenarios-api.js';
import { aurelia2Template } from './aurelia2-template.js';

/** Shows the session of the page, and scenarios that disturb it. */
export class SessionPanel extends ScenariosModel {
  static readonly $au = {
    type: 'custom-element',
    name: 'session-panel',
    template: aurelia2Template(template),
  } as const;

  constructor() {
    const { session, bearer } = resolve(IAuthService);
    super(session, bearer, resolve(ScenariosApi), resolve(ExpensesApi));
  }
}
