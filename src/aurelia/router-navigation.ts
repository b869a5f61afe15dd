import { Container } from 'aurelia-framework';
import { Router } from 'aurelia-router';

/** Navigates within an app whose router uses push-state, without loading the page. */
export class RouterNavigation {
  static readonly inject = [Container];

  constructor(private readonly container: Container) {}

  /** Returns whether the router navigates: the URL is an address of the app, and the router uses push-state. */
  navigate(url: string): boolean {
    if (!this.container.hasResolver(Router, true)) return false;
    const router: Router = this.container.get(Router);
    // `aurelia-router` reads this property, too. There is no public one.
    if (Reflect.get(router.history, '_hasPushState') !== true) return false;
    const root = router.history.getAbsoluteRoot();
    return url.startsWith(root) && router.navigate(`/${url.slice(root.length)}`) !== false;
  }
}
