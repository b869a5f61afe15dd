import { IHttpClient } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';

/** Shows the name of the signed-in user. */
export class Profile {
  name = '';
  message = '';
  private readonly http = resolve(IHttpClient);

  async loading(): Promise<void> {
    try {
      const response = await this.http.get('/api/profile');
      this.name = response.ok ? (await response.json()).subject : '';
      this.message = response.ok ? '' : 'Please sign in again.';
    } catch {
      this.message = 'No connection. Trying again …';
    }
  }
}
