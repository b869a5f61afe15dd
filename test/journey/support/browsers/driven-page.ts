import { eventually } from '../../../support/open-tab.js';
import type { AppPage, Found, Key, Role, UploadedFile } from './app-page.js';
import { findElements, type SearchStep } from './find-elements.js';

/** A tab that a driver controls: a user's input, and scripts. */
export interface DrivenTab {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  /** Evaluates an expression, which may be a promise of plain data. */
  evaluate(expression: string): Promise<unknown>;
  clickAt(x: number, y: number): Promise<unknown>;
  press(key: Key): Promise<unknown>;
  /** Types into the focused field. */
  type(text: string): Promise<unknown>;
  /** Chooses a file for the file input of a CSS selector. */
  attach(selector: string, file: UploadedFile): Promise<unknown>;
}

/** An element as seen from outside the page. */
interface Seen {
  readonly text: string;
  readonly value: string;
  readonly isVisible: boolean;
}

const timeoutMs = 30_000;

class FoundElements implements Found {
  constructor(
    protected readonly tab: DrivenTab,
    private readonly steps: readonly SearchStep[] = [],
  ) {}

  getByRole(role: Role, { name = '' } = {}): Found {
    return this.next({ by: 'role', role, name });
  }

  getByText(text: string): Found {
    return this.next({ by: 'text', text });
  }

  getByLabel(text: string): Found {
    return this.next({ by: 'label', text });
  }

  locator(selector: string, { hasText = '' }: { readonly hasText?: string | RegExp } = {}): Found {
    return this.next({ by: 'selector', selector, pattern: typeof hasText === 'string' ? hasText : hasText.source });
  }

  first(): Found {
    return this.nth(0);
  }

  nth(index: number): Found {
    return this.next({ by: 'index', index });
  }

  /** Repeats a click that missed because the element moved meanwhile. */
  async click(): Promise<void> {
    for (let hit: unknown = false; hit === false; ) {
      await this.waitFor();
      const { x, y } = (await this.inPage(aim)) as DOMPointReadOnly;
      await this.tab.clickAt(x, y);
      hit = await eventually(
        () => this.tab.evaluate('window.hit'),
        seen => typeof seen === 'boolean',
      );
    }
  }

  async fill(text: string): Promise<void> {
    await this.waitFor();
    await this.inPage(([field]) => (field as HTMLInputElement).select());
    await this.tab.type(text);
  }

  async setInputFiles(file: UploadedFile): Promise<void> {
    await this.waitFor();
    const name = await this.inPage(([field]) => (field as HTMLInputElement).name);
    await this.tab.attach(`input[name="${name}"]`, file);
  }

  async count(): Promise<number> {
    return (await this.seen()).length;
  }

  async textContent(): Promise<string | null> {
    return (await this.only()).text;
  }

  async inputValue(): Promise<string> {
    return (await this.only()).value;
  }

  /** Fails if there are several, as Playwright does. */
  async waitFor({ state = 'visible', timeout = timeoutMs }: Parameters<Found['waitFor']>[0] = {}): Promise<void> {
    const hasState = (seen: readonly Seen[]) =>
      state === 'visible' ? seen.length === 1 && seen[0]?.isVisible === true : !seen.some(({ isVisible }) => isVisible);
    await eventually(() => this.seen(), hasState, timeout).catch((error: Error) => {
      throw new Error(`${JSON.stringify(this.steps)} did not become ${state}: ${error.message}`);
    });
  }

  private next(step: SearchStep): Found {
    return new FoundElements(this.tab, [...this.steps, step]);
  }

  private async only(): Promise<Seen> {
    const [seen] = await eventually(
      () => this.seen(),
      ({ length }) => length === 1,
    );
    return seen as Seen;
  }

  private async seen(): Promise<readonly Seen[]> {
    return (await this.inPage(described)) as readonly Seen[];
  }

  private inPage(code: (elements: Element[]) => unknown): Promise<unknown> {
    return this.tab.evaluate(callOf(code, callOf(findElements, JSON.stringify(this.steps))));
  }
}

/** An {@link AppPage} of a browser that Playwright does not drive. */
export class DrivenPage extends FoundElements implements AppPage {
  readonly keyboard: AppPage['keyboard'] = { press: async key => void (await this.tab.press(key)) };

  goto(url: string): Promise<unknown> {
    return this.tab.goto(url);
  }

  reload(): Promise<unknown> {
    return this.tab.reload();
  }

  async evaluate<R>(code: () => R): Promise<Awaited<R>> {
    return (await this.tab.evaluate(callOf(code, ''))) as Awaited<R>;
  }
}

/** An expression that calls a function. What runs the specs names functions by a helper, which the page lacks. */
function callOf(code: (argument: never) => unknown, argument: string): string {
  return `(__name => (${code})(${argument}))(named => named)`;
}

// The functions below run in the page.

/** Returns the middle of an element, and notes in `window.hit` whether the next click is one on this element. */
function aim([element]: Element[]): { readonly x: number; readonly y: number } | undefined {
  const note = (event: Event): void =>
    void Object.assign(window, { hit: event.composedPath().includes(element as Element) });
  Object.assign(window, { hit: null });
  window.addEventListener('click', note, { capture: true, once: true });
  element?.scrollIntoView({ block: 'center' });
  const box = element?.getBoundingClientRect();
  return box && { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
}

function described(elements: Element[]): Seen[] {
  return elements.map(element => ({
    text: element.textContent ?? '',
    value: (element as HTMLInputElement).value ?? '',
    isVisible: element.checkVisibility({ visibilityProperty: true }),
  }));
}
