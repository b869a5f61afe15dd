import type { HttpClient } from 'aurelia-fetch-client';
import { AuthError } from '../core.js';

/** Finds the HTTP client of a named endpoint. The door `aurelia-auth-refresh/aurelia-api` knows those of aurelia-api. */
export class Endpoints {
  /** @throws {AuthError} `invalid_configuration` when no endpoint goes by that name */
  find(name: string): HttpClient {
    const message =
      `There is no '${name || 'default'}' endpoint registered. ` +
      'Named endpoints are those of aurelia-api: take the plugin from aurelia-auth-refresh/aurelia-api, or pass an HttpClient.';
    throw new AuthError('invalid_configuration', message);
  }
}
