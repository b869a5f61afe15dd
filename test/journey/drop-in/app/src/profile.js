import { AuthService } from 'aurelia-authentication';

export class Profile {
  static inject = [AuthService];

  constructor(authService) {
    this.authService = authService;
  }

  activate() {
    return this.load();
  }

  async load() {
    this.profile = await this.authService.getMe();
    const { sub } = this.authService.getTokenPayload();
    const ttl = this.authService.getTtl();
    this.session = new Map([
      ['mine', sub === this.profile.id],
      ['lives', ttl > 0],
      ['expires', Math.abs(this.authService.getExp() - ttl - Date.now() / 1000) < 3],
      ['expired', this.authService.isTokenExpired()],
      ['refreshable', this.authService.getRefreshToken() !== null],
      ['authenticated', this.authService.isAuthenticated()],
    ]);
  }

  async rename() {
    this.profile = await this.authService.updateMe({ displayName: this.profile.displayName });
  }

  async link(provider) {
    await this.authService.authenticate(provider, '');
    await this.load();
  }

  async unlink(provider) {
    await this.authService.unlink(provider, '');
    await this.load();
  }
}
