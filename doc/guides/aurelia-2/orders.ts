import { IHttpClient } from '@aurelia/fetch-client';
import { resolve } from 'aurelia';

export class Orders {
  orders: readonly unknown[] = [];
  private readonly http = resolve(IHttpClient);

  async loading(): Promise<void> {
    this.orders = await (await this.http.get('/api/orders')).json();
  }
}
