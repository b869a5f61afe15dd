/** Moves the focus to the heading of the page when the focused element was removed, such as the form of a finished sign-in. */
export function keepFocus(): void {
  let focused: Element | undefined;
  document.addEventListener('focusin', ({ target }) => {
    focused = target instanceof Element ? target : undefined;
  });
  const moveFocus = (): void => {
    if (!focused || focused.isConnected || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>('.view h2')?.focus({ preventScroll: true });
  };
  new MutationObserver(moveFocus).observe(document.body, { childList: true, subtree: true });
}
