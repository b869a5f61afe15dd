import { Container } from 'aurelia-framework';
import { Router } from 'aurelia-router';
import { logger } from './logger.js';

/** Navigates within an app whose router uses push-state, without loading the page. */
export class RouterNavigation {
  static readonly inject = [Container];

  private readonly missing = new Set<string>();

  constructor(private readonly container: Container) {}

  /** Returns whether the router navigates: the URL is an address of the app, and the router uses push-state. */
  navigate(url: string): boolean {
    const { router } = this;
    if (!router) return false;
    // `aurelia-router` reads this property, too. There is no public one.
    if (Reflect.get(router.history, '_hasPushState') !== true) return false;
    const root = router.history.getAbsoluteRoot();
    return url.startsWith(root) && router.navigate(`/${url.slice(root.length)}`) !== false;
  }

  /** Logs once that the router has no route for the address of a redirect, such as `#/orders` or `/login`. */
  warnOfMissing(target: string): void {
    const { router, missing } = this;
    if (!router || router.routes.length === 0 || missing.has(target)) return;
    const [path = ''] = target.replace(/^#?\/?/, '').split('?');
    // There are no public properties, as above.
    if (Reflect.get(router, 'catchAllHandler') || Reflect.get(router, '_recognizer').recognize(path)) return;
    missing.add(target);
    logger.warn(`The router has no route for "${target}": map one, or change the option that redirects there.`);
  }

  private get router(): Router | undefined {
    return this.container.hasResolver(Router, true) ? this.container.get(Router) : undefined;
  }
}
