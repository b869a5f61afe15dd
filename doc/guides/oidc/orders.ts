import { HttpClient } from 'aurelia-fetch-client';

interface Order {
  readonly number: number;
  readonly item: string;
}

export class Orders {
  static readonly inject = [HttpClient];
  page = '1';
  orders: readonly Order[] = [];
  message = '';

  constructor(private readonly http: HttpClient) {}

  async activate({ page = '1' }: { readonly page?: string }): Promise<void> {
    this.page = page;
    await this.load();
  }

  async load(): Promise<void> {
    try {
      const response = await this.http.fetch(`/api/orders?page=${this.page}`);
      this.message = response.ok ? '' : `The server answered with ${response.status}.`;
      if (response.ok) this.orders = await response.json();
    } catch {
      this.message = 'The orders could not be loaded.';
    }
  }
}
