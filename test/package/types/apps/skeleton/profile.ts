import { AuthService } from 'aurelia-authentication';
import { autoinject } from 'aurelia-framework';

interface User {
  id: number;
  name: string;
}

@autoinject()
export class Profile {
  profile: User | undefined;
  raw: any;

  constructor(private auth: AuthService) {}

  async activate() {
    const me: User = await this.auth.getMe();
    this.profile = me;
    this.raw = await this.auth.getMe({ include: 'roles' });
    const roles: string[] = (await this.auth.getMe(5)).roles;
    return roles.length;
  }

  async save() {
    const saved: User = await this.auth.updateMe({ name: 'Ada' });
    await this.auth.updateMe(this.profile as User, saved.id);
    return saved.name;
  }

  async unlink(provider: string) {
    const response = await this.auth.unlink(provider, '#/profile');
    return response.ok;
  }
}
