import { AuthService, BaseConfig } from 'aurelia-authentication';
import { autoinject } from 'aurelia-framework';

interface User {
  id: number;
  name: string;
}

@autoinject()
export class Users {
  constructor(
    private authService: AuthService,
    private config: BaseConfig,
  ) {}

  async load(): Promise<User[]> {
    const users: User[] = await this.authService.client.find('/users');
    const one = await this.authService.client.findOne('/users', 5);
    return users.concat(one);
  }

  async save(user: User) {
    const { client } = this.authService;
    const saved = await client.update('/users', user.id, user);
    await client.patch('/users', { id: 1 }, { name: 'Ada' });
    await client.create('/users', user);
    await client.destroy('/users', user.id);
    await client.request('POST', '/users/login', { name: 'ada' }, { headers: { 'X-App': '1' } });
    return saved.name.toUpperCase();
  }

  forgot(email: string) {
    return this.config.client
      .post(this.config.joinBase('/auth/forgot'), { email })
      .then((response: any) => response.message)
      .catch((error: Response) => error.status);
  }

  get token() {
    return this.authService.authentication.getAccessToken();
  }
}
