import { type Aurelia, PLATFORM } from 'aurelia-framework';

export async function configure(aurelia: Aurelia): Promise<void> {
  aurelia.use.standardConfiguration().plugin(PLATFORM.moduleName('aurelia-auth-refresh'), {
    accessTokenIn: 'cookie',
    useRefreshToken: true,
    refreshTokenUrl: '/bff/session',
    // The backend's routes: it signs out at the provider as well.
    logoutRedirect: '/logout',
    // Stay, so that nothing typed in is lost: the view offers to sign in again.
    expiredRedirect: '',
    storageChangedRedirect: '',
  });
  await aurelia.start();
  await aurelia.setRoot(PLATFORM.moduleName('app'));
}
