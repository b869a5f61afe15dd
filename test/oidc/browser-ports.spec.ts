import { openIdConnectPorts } from '../../src/oidc/browser-ports.js';

describe('the browser ports of an OpenID relying party', () => {
  it('report no isolation in a browser without crossOriginIsolated: Safari before 15.2', () => {
    const { isCrossOriginIsolated } = openIdConnectPorts();
    const isolated = spyOnProperty(globalThis, 'crossOriginIsolated').and.returnValue(undefined as unknown as boolean);
    expect(isCrossOriginIsolated()).toBeFalse();
    isolated.and.returnValue(true);
    expect(isCrossOriginIsolated()).toBeTrue();
  });
});
