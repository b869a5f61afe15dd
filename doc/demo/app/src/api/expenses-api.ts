import { FetchConfig } from 'aurelia-auth-refresh';
import { HttpClient } from 'aurelia-fetch-client';
import { ExpensesRequests } from '../../../session/expenses-api.js';

export class ExpensesApi extends ExpensesRequests {
  static readonly inject = [HttpClient, FetchConfig];

  constructor(http: HttpClient, fetchConfig: FetchConfig) {
    http.configure(config => config.useStandardConfiguration());
    fetchConfig.configure(http);
    super(http);
  }
}
