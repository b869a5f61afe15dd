import { resolve } from 'aurelia';
import { IAuthService } from 'aurelia-auth-refresh/aurelia2';
import { ExpensesApi } from '../api/expenses-api.js';
import template from './profile.html?raw';

export class Profile {
  static readonly $au = { type: 'custom-element', name: 'profile-page', template } as const;
  user: { readonly name: string; readonly email: string } | undefined;
  readonly claims = JSON.stringify(resolve(IAuthService).claims, undefined, 2);
  private readonly api = resolve(ExpensesApi);

  async loading(): Promise<void> {
    this.user = await this.api.profile();
  }
}
