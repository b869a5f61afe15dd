/** A page of any browser, as far as journeys use it. Playwright's `Page` is one; its documentation describes the methods. */
export interface AppPage extends Finder {
  readonly keyboard: { press(key: Key): Promise<void> };
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate<R>(code: () => R): Promise<Awaited<R>>;
}

/** Finds elements by what users perceive. Texts are parts of the name or text, in any case. */
export interface Finder {
  getByRole(role: Role, options?: { readonly name: string }): Found;
  getByText(text: string): Found;
  getByLabel(text: string): Found;
  locator(selector: string, options?: { readonly hasText: string | RegExp }): Found;
}

/** Elements that are looked up whenever they are used. */
export interface Found extends Finder {
  first(): Found;
  nth(index: number): Found;
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  setInputFiles(file: UploadedFile): Promise<void>;
  count(): Promise<number>;
  textContent(): Promise<string | null>;
  inputValue(): Promise<string>;
  waitFor(options?: { readonly state?: 'visible' | 'hidden'; readonly timeout?: number }): Promise<void>;
}

export type Role = 'button' | 'dialog' | 'link' | 'row' | 'status';
export type Key = 'Enter' | 'Escape';

export interface UploadedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A browser in which journeys run. */
export interface JourneyBrowser<P extends AppPage = AppPage> {
  openProfile(): Promise<Profile<P>>;
  close(): Promise<void>;
}

/** Tabs that share storage which no other profile sees. */
export interface Profile<P extends AppPage = AppPage> {
  openTab(url: string): Promise<P>;
  /** Console errors and uncaught errors of the tabs. */
  errors(): Promise<readonly string[]>;
  /** Pauses all scripts and timers of a tab while time continues, as a closed laptop does. Returns a function that resumes them. */
  freeze(page: P): Promise<() => Promise<void>>;
  /** Returns a function that lets time pass for the timers of a tab. */
  clock(page: P): Promise<(ms: number) => Promise<void>>;
  close(): Promise<void>;
}

/** A browser that journeys can be run in, or a note that this machine lacks it. */
export interface JourneyEngine<P extends AppPage = AppPage> {
  readonly name: string;
  readonly isInstalled: boolean;
  start(): Promise<JourneyBrowser<P>>;
}
