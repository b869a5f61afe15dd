const { Container } = require('aurelia-framework');
const { AuthService, BaseConfig, OAuth2 } = require('aurelia-authentication'); // change

describe('login', () => {
  it('signs in', () => {
    const container = new Container();
    const config = container.get(BaseConfig);
    config.tokenPrefix = 'Token';
    container.get(OAuth2).buildQuery('google'); // look
    const service = container.get(AuthService);
    service.authentication.updateTokenCallstack.push({}); // look
    service.storageEventHandler({}); // look
    service.reset(); // look
  });
});
