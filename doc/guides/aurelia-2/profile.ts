import { IHttpClient } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';

const template = '<p>Signed in as <b textcontent.bind="id"></b></p>';

export class Profile {
  static readonly $au = { type: 'custom-element', name: 'profile-page', template };
  id = '';
  private readonly http = resolve(IHttpClient);

  async loading(): Promise<void> {
    const response = await this.http.get('/api/me');
    this.id = (await response.json()).id;
  }
}
