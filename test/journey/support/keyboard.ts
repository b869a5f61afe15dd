import type { Page } from 'playwright-core';

/** A control that has the focus. */
export interface FocusedControl {
  readonly name: string;
  /** Whether it is inside the window, with an outline. */
  readonly isVisible: boolean;
}

// As a string: functions that the test runner transpiled do not run in a page.
const controls = `(() => {
  const nameOf = one => (one.getAttribute('aria-label') || one.labels?.[0]?.textContent || one.textContent).trim().replace(/\\s+/g, ' ');
  const childrenOf = one => one.tagName === 'SLOT' ? one.assignedElements() : [...(one.shadowRoot ?? one).children];
  const all = one => [one, ...childrenOf(one).flatMap(all)];
  const canFocus = one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ visibilityProperty: true });
  const focused = () => {
    let { activeElement: one } = document;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    return one;
  };
  return { nameOf, focused, stops: () => all(document.body).filter(canFocus) };
})()`;

/** Returns the names of all controls that the Tab key must reach, in the order of the page. */
export function tabStops(page: Page): Promise<string[]> {
  return page.evaluate(`(({ stops, nameOf }) => stops().map(nameOf))(${controls})`);
}

/** Returns the name of the focused control, also inside a shadow root. */
export async function focusedName(page: Page): Promise<string> {
  return (await focusedControl(page)).name;
}

/** Presses Tab `count` times, from the beginning of the page. Returns what has the focus each time. */
export async function tabOrder(page: Page, count: number): Promise<FocusedControl[]> {
  await page.evaluate(`{
    const start = document.createElement('span');
    start.id = 'start';
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
  }`);
  const order: FocusedControl[] = [];
  for (let each = 0; each < count; each++) {
    await page.keyboard.press('Tab');
    order.push(await focusedControl(page));
  }
  await page.evaluate('start.remove()');
  return order;
}

function focusedControl(page: Page): Promise<FocusedControl> {
  return page.evaluate(`(({ focused, nameOf }) => {
    const one = focused();
    const { top, bottom } = one.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    return { name: nameOf(one), isVisible: isOutlined && top >= 0 && bottom <= innerHeight };
  })(${controls})`);
}
