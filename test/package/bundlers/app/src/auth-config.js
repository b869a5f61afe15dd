export const authConfig = {
  loginUrl: '/auth/login',
  loginRedirect: '#/profile',
  logoutRedirect: '#/',
  useRefreshToken: true,
  protectedUrls: ['/api'],
  globalValueConverters: ['authFilterValueConverter', 'authenticatedValueConverter'],
};
