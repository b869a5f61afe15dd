import { HttpClient } from 'aurelia-fetch-client';

export class Profile {
  static get inject() {
    return [HttpClient];
  }

  constructor(http) {
    this.http = http;
    this.name = '';
  }

  async activate() {
    await this.load();
  }

  async load() {
    const response = await this.http.fetch('/api/me');
    this.name = response.ok ? (await response.json()).sub : `answered with ${response.status}`;
  }
}
