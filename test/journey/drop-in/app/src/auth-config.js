export const authConfig = {
  endpoint: 'auth',
  configureEndpoints: ['auth', 'api'],

  loginUrl: 'login',
  signupUrl: 'signup',
  profileUrl: 'me',
  profileMethod: 'patch',
  unlinkUrl: 'unlink/',
  unlinkMethod: 'post',
  logoutUrl: 'logout',
  logoutMethod: 'post',

  loginRoute: '/login',
  loginRedirect: '#/orders',
  logoutRedirect: '#/',
  signupRedirect: '#/profile',
  expiredRedirect: '#/login',
  storageChangedRedirect: '#/',

  useRefreshToken: true,
  autoUpdateToken: true,
  refreshTokenUrl: 'token',
  clientId: 'orders-app',

  providers: {
    facebook: {
      url: 'facebook',
      clientId: '239531826023',
    },
    guild: {
      name: 'guild',
      url: 'guild',
      authorizationEndpoint: `${window.environment.guild}/authorize`,
      redirectUri: `${window.location.origin}/`,
      requiredUrlParams: ['scope'],
      optionalUrlParams: ['state', 'display'],
      scope: ['profile', 'email'],
      scopeDelimiter: ' ',
      display: 'popup',
      state: () => Math.random().toString(36).slice(2),
      oauthType: '2.0',
      clientId: 'orders-app',
      popupOptions: { width: 452, height: 633 },
    },
  },
};
