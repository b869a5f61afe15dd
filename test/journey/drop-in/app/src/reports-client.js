import { HttpClient } from 'aurelia-fetch-client';

export class ReportsClient {
  constructor() {
    this.http = new HttpClient();
    this.http.configure(config => config.withBaseUrl(window.environment.reports).rejectErrorResponses());
  }

  async yearly() {
    const response = await this.http.fetch('yearly');
    return response.json();
  }
}
