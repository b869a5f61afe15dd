const base = {
  endpoint: 'auth',
  configureEndpoints: ['auth', 'intranet'],
  storageKey: 'orders-session',
  useRefreshtoken: true, // look
};

export default {
  ...base,
  loginUrl: 'login',
  profileUrl: 'me',
  loginRedirect: '#/orders',
  logoutOnInvalidToken: true, // look
  logoutRedirect: '#/',
  useRefreshToken: true,
  storage: 'cookieStorage',
};
