import { onMessage, relayCallback } from '../../src/callback/browser-ports.js';
import { providerLogin, providerLoginPorts, type WindowMessage } from '../../src/core.js';

const type = 'aurelia-auth-refresh:callback';

/** Resolves to the next message of a callback page. */
function nextMessage(): Promise<WindowMessage> {
  return new Promise(resolve => {
    const stop = onMessage(message => {
      if (Object(message.data).type !== type) return;
      stop();
      resolve(message);
    });
  });
}

/** Runs `action` in a browser without `BroadcastChannel`, such as Safari before 15.4. */
async function withoutBroadcastChannel(action: () => Promise<void>): Promise<void> {
  const { BroadcastChannel } = globalThis;
  Reflect.deleteProperty(globalThis, 'BroadcastChannel');
  try {
    await action();
  } finally {
    globalThis.BroadcastChannel = BroadcastChannel;
  }
}

describe('the callback page', () => {
  let url: string;

  beforeEach(() => {
    url = location.href;
    spyOn(globalThis, 'close');
    jasmine.clock().install();
  });

  afterEach(() => {
    jasmine.clock().uninstall();
    history.replaceState(null, '', url);
  });

  it('relays its URL to its parent or opener, removes the response from it, and closes its window', async () => {
    const { parent } = globalThis;
    const recipient: Window = globalThis.opener ?? parent;
    const posted = spyOn(recipient, 'postMessage');
    history.replaceState(null, '', '?code=c&state=s');
    const { href } = location;
    relayCallback();
    expect(posted).toHaveBeenCalledOnceWith({ type, url: href } as never, location.origin as never);
    expect(location.search).toBe('');
    jasmine.clock().tick(1000);
    expect(globalThis.close).toHaveBeenCalledTimes(1);
  });

  it('relays its URL over a BroadcastChannel as well, for an opener that the provider severed', async () => {
    const relayed = nextMessage();
    history.replaceState(null, '', '?code=c&state=s');
    const { href } = location;
    relayCallback();
    expect(await relayed).toEqual(
      jasmine.objectContaining({ origin: location.origin, source: null, data: { type, url: href } }),
    );
  });

  it('relays its URL in a browser without BroadcastChannel', async () => {
    await withoutBroadcastChannel(async () => {
      const recipient: Window = globalThis.opener ?? globalThis.parent;
      const posted = spyOn(recipient, 'postMessage');
      relayCallback();
      expect(posted).toHaveBeenCalledTimes(1);
    });
  });
});

describe('sign-in by popup in a browser without BroadcastChannel', () => {
  it('[F115] completes with the message of the popup', async () => {
    await withoutBroadcastChannel(async () => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const opened = frame.contentWindow;
      spyOn(globalThis, 'open').and.returnValue(opened);
      const ports = providerLoginPorts();
      const provider = { authorizationEndpoint: 'about:blank', state: () => 'fixed' };
      const login = providerLogin(provider, ports);
      const data = { type, url: `${location.origin}/back?code=c&state=fixed` };
      await new Promise(resolve => setTimeout(resolve));
      globalThis.dispatchEvent(new MessageEvent('message', { origin: location.origin, source: opened, data }));
      expect((await login).parameters['code']).toBe('c');
      frame.remove();
    });
  });
});
