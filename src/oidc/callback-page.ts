// The script of callback.html: hands the provider's answer to the page that asked for it. A script, not a module, without imports.
(() => {
  const url = location.href;
  const state = new URL(url).searchParams.get('state');
  if (!state) return;
  history.replaceState(null, '', location.pathname);
  const message = { type: 'aurelia-auth-refresh:callback', url };
  const asker: Window | null = opener ?? (parent === window ? null : parent);
  if (asker) {
    asker.postMessage(message, location.origin);
  } else {
    // The provider cut this window off from the one that opened it. Storage is seen by all windows of this origin.
    const name = `aurelia-auth-refresh:callback:${state}`;
    localStorage.setItem(name, url);
    setTimeout(() => localStorage.removeItem(name), 10_000);
    setTimeout(() => close(), 1000);
  }
})();
