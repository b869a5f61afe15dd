import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canDriveWebKit } from '../../../support/webkit.mjs';
import type { JourneyEngine, Key, UploadedFile } from './app-page.js';
import type { DrivenPage, DrivenTab } from './driven-page.js';
import { profileOf } from './driven-profile.js';
import { WebKitSession } from './webkit-session.js';

/** Codes of keys. @see https://www.w3.org/TR/webdriver2/#keyboard-actions */
const keys: Readonly<Record<Key, string>> = { Enter: '\uE007', Escape: '\uE00C' };
const elementId = 'element-6066-11e4-a52e-4f735466cecf';

/** WebKitGTK, driven by WebDriver. */
export const webkitEngine: JourneyEngine<DrivenPage> = {
  name: 'WebKit',
  isInstalled: canDriveWebKit(),
  async start() {
    return {
      async openProfile() {
        const session = await WebKitSession.start();
        return profileOf({
          driver: session.driver.pid ?? 0,
          newTab: async () => new WebKitTab(session, await session.open()),
          close: () => session.close(),
        });
      },
      close: async () => undefined,
    };
  },
};

class WebKitTab implements DrivenTab {
  constructor(
    private readonly session: WebKitSession,
    private readonly handle: string,
  ) {}

  goto(url: string): Promise<unknown> {
    return this.run('/url', { url });
  }

  reload(): Promise<unknown> {
    return this.run('/refresh');
  }

  async evaluate(expression: string): Promise<unknown> {
    const script = `const [done] = arguments;
      Promise.resolve(${expression}).then(value => done({ value }), error => done({ error: String(error) }));`;
    const { value, error } = (await this.run('/execute/async', { script, args: [] })) as {
      value?: unknown;
      error?: string;
    };
    if (error !== undefined) throw new Error(`In the page: ${error}`);
    return value;
  }

  clickAt(x: number, y: number): Promise<unknown> {
    const actions = [
      { type: 'pointerMove', x, y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    return this.run('/actions', { actions: [{ type: 'pointer', id: 'mouse', actions }] });
  }

  press(key: Key): Promise<unknown> {
    const actions = [
      { type: 'keyDown', value: keys[key] },
      { type: 'keyUp', value: keys[key] },
    ];
    return this.run('/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  async type(text: string): Promise<unknown> {
    const active = await this.session.run(this.handle, 'GET', '/element/active');
    return this.sendKeys(active, text);
  }

  async attach(selector: string, { name, buffer }: UploadedFile): Promise<unknown> {
    const path = join(this.session.home, name);
    await writeFile(path, buffer);
    return this.sendKeys(await this.run('/element', { using: 'css selector', value: selector }), path);
  }

  private sendKeys(element: unknown, text: string): Promise<unknown> {
    return this.run(`/element/${(element as Record<string, string>)[elementId]}/value`, { text });
  }

  private run(path: string, body: object = {}): Promise<unknown> {
    return this.session.run(this.handle, 'POST', path, body);
  }
}
