import type { Role } from './app-page.js';

/** One step of a search: the matching elements below those of the step before. */
export type SearchStep =
  | { readonly by: 'role'; readonly role: Role; readonly name: string }
  | { readonly by: 'text'; readonly text: string }
  | { readonly by: 'label'; readonly text: string }
  | { readonly by: 'selector'; readonly selector: string; readonly pattern?: string }
  | { readonly by: 'index'; readonly index: number };

/**
 * Finds the elements of a search, in open shadow trees too. Runs in the page, so it uses nothing outside itself.
 */
export function findElements(steps: readonly SearchStep[]): Element[] {
  const selectors: Record<Role, string> = {
    button: 'button',
    dialog: 'dialog[open]',
    link: 'a[href]',
    row: 'tr',
    status: '[role=status]',
  };
  const below = (root: Document | Element | ShadowRoot): Element[] =>
    [...root.querySelectorAll('*')].flatMap(one => [one, ...(one.shadowRoot ? below(one.shadowRoot) : [])]);
  const words = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const has = (element: Element, text: string): boolean =>
    words(element.textContent ?? '')
      .toLowerCase()
      .includes(text.toLowerCase());
  const nameOf = (element: Element): string => {
    const heading = document.getElementById(element.getAttribute('aria-labelledby') ?? '');
    return words(element.getAttribute('aria-label') ?? ((heading ?? element) as HTMLElement).innerText);
  };
  const isVisible = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });
  const matches = (element: Element, step: SearchStep): boolean => {
    if (step.by === 'role') {
      const isNamed = () => nameOf(element).toLowerCase().includes(step.name.toLowerCase());
      return element.matches(selectors[step.role]) && isVisible(element) && isNamed();
    }
    if (step.by === 'text') return has(element, step.text) && ![...element.children].some(one => has(one, step.text));
    if (step.by === 'label') return [...((element as HTMLInputElement).labels ?? [])].some(one => has(one, step.text));
    if (step.by === 'index') return false;
    return element.matches(step.selector) && new RegExp(step.pattern ?? '').test(words(element.textContent ?? ''));
  };
  return steps.reduce<Element[]>(
    (found, step) =>
      step.by === 'index'
        ? found.slice(step.index, step.index + 1)
        : found.flatMap(one => [one, ...below(one)]).filter(element => matches(element, step)),
    [document.documentElement],
  );
}
