import { AuthService } from 'aurelia-auth-refresh';
import { SessionHistory } from '../../../session/session-history.js';
import { SessionPanelModel } from '../../../session/session-panel-model.js';
import { ExpensesApi } from '../api/expenses-api.js';
import { ScenariosApi } from '../api/scenarios-api.js';

/** Shows the session of the page, and scenarios that disturb it. */
export class SessionPanel extends SessionPanelModel {
  static readonly inject = [AuthService, SessionHistory, ScenariosApi, ExpensesApi];
}
