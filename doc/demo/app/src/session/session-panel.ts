import { AuthService, FetchConfig } from 'aurelia-auth-refresh';
import { ScenariosModel } from '../../../session/scenarios-model.js';
import { ExpensesApi } from '../api/expenses-api.js';
import { ScenariosApi } from '../api/scenarios-api.js';

/** Shows the session of the page, and scenarios that disturb it. */
export class SessionPanel extends ScenariosModel {
  static readonly inject = [AuthService, FetchConfig, ScenariosApi, ExpensesApi];

  constructor({ session }: AuthService, { bearer }: FetchConfig, scenarios: ScenariosApi, api: ExpensesApi) {
    super(session, bearer, scenarios, api);
  }
}
