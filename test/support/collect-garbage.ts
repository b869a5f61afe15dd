declare global {
  /** Firefox has it with the preference that karma.conf.js sets. */
  var TestUtils: { gc(): Promise<void> } | undefined;
}

/** Kept here, because the callback of a registry that was itself collected is never called. */
const registry = new FinalizationRegistry<{ count: number }>(collected => {
  collected.count += 1;
});

/**
 * Makes the engine collect garbage, and resolves once it has: when most of a hundred forms, to which nothing refers, are gone. A form
 * that was created before and is still whole afterwards is kept alive by something.
 */
export async function collectGarbage(): Promise<void> {
  const collected = { count: 0 };
  for (let made = 0; made < 100; made++) registry.register(new FormData(), collected);
  while (collected.count < 50) {
    await (globalThis.TestUtils?.gc() ?? globalThis.gc?.({ type: 'major', execution: 'async' }));
    // WebKit exposes no function for it, and collects because of what is allocated.
    Array.from({ length: 200_000 }, () => ({}));
    await new Promise(resolve => setTimeout(resolve));
  }
}
