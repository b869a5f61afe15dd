export default {
  endpoint: 'auth',
  configureEndpoints: ['auth'],
  loginUrl: 'login',
  signupUrl: 'users',
  profileUrl: 'me',
  loginRedirect: '#/customers',
  expiredRedirect: 1,
  useRefreshToken: true,
  providers: {
    google: { url: 'google', clientId: '239531536023-ibk10mb9p7ullsw4j55a61og5lvnjrff6.apps.googleusercontent.com' },
    facebook: { url: 'facebook', clientId: '1465278217541708498' },
  },
};
