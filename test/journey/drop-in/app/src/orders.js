import { Config, Endpoint } from 'aurelia-api';
import { HttpClient } from 'aurelia-fetch-client';
import { ReportsClient } from './reports-client';

export class Orders {
  static inject = [Endpoint.of('api'), Config, HttpClient, ReportsClient];

  constructor(api, config, http, reports) {
    this.api = api;
    this.greetings = config.getEndpoint('public');
    this.http = http;
    this.reports = reports;
  }

  activate() {
    return this.load();
  }

  async load() {
    const [orders, same, report, greeting] = await Promise.all([
      this.api.find('orders'),
      this.http.fetch('orders').then(response => response.json()),
      this.reports.yearly(),
      this.greetings.find('greeting'),
    ]);
    this.orders = orders;
    this.same = same;
    this.report = report;
    this.greeting = greeting;
  }

  async order(item) {
    this.ordered = await this.api.post('orders', { item });
    await this.load();
  }
}
