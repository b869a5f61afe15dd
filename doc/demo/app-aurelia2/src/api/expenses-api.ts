import { IHttpClient } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';
import { ExpensesRequests } from '../../../session/expenses-api.js';

/** The token is on each request: the app does not care. */
export class ExpensesApi extends ExpensesRequests {
  constructor() {
    super(resolve(IHttpClient).configure(config => config.useStandardConfiguration()));
  }

  async profile(): Promise<{ readonly name: string; readonly email: string }> {
    return (await this.http.fetch('/auth/me')).json();
  }
}
