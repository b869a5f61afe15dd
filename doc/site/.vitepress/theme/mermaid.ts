import address from '@mermaid-js/tiny?url';

/** The part of mermaid's API that is used. */
export interface Mermaid {
  initialize(options: object): void;
  render(id: string, text: string): Promise<{ readonly svg: string }>;
}

let loading: Promise<Mermaid> | undefined;

/** Loads mermaid once. Its script is no module: it defines a global. */
export function loaded(): Promise<Mermaid> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve((globalThis as unknown as { mermaid: Mermaid }).mermaid);
    script.onerror = () => reject(new Error('mermaid could not be loaded.'));
    document.head.append(script);
  });
  return loading;
}
