import { type IDisposable, IEventAggregator, resolve } from 'aurelia';
import { IAuthService, type PublicSessionChange } from 'aurelia-auth-refresh/aurelia2';
import { type EndReason, endReasons } from 'aurelia-auth-refresh/core';
import template from '../../app/src/session/sign-in-again.html?raw';
import { endInWords } from '../../session/session-words.js';
import { SignInForm } from '../../session/sign-in-form.js';
import { aurelia2Template } from './aurelia2-template.js';

/** A dialog over the page, in which the user signs in again after the session has ended. */
export class SignInAgain extends SignInForm {
  static readonly $au = {
    type: 'custom-element',
    name: 'sign-in-again',
    template: aurelia2Template(template),
  } as const;
  reason = '';

  // Set by the view.
  dialog!: HTMLDialogElement;

  private readonly auth = resolve(IAuthService);
  private readonly events = resolve(IEventAggregator);
  readonly parked = this.auth.parkedRequests;
  private subscription: IDisposable | undefined;

  attached(): void {
    this.subscription = this.events.subscribe<PublicSessionChange>('authentication-state', ({ state: { ended } }) => {
      if (ended !== undefined && endReasons[ended].isExpiry) this.open(ended);
      else this.dialog.close();
    });
  }

  detaching(): void {
    this.subscription?.dispose();
  }

  protected logIn(): Promise<unknown> {
    return this.auth.login({ email: this.email, password: this.password }, false);
  }

  /** Waiting requests reject. The page stays. */
  cancel(): void {
    this.parked?.cancel();
    this.dialog.close();
  }

  private open(ended: EndReason): void {
    this.reason = endInWords[ended];
    this.problem = '';
    if (!this.dialog.open) this.dialog.showModal();
  }
}
