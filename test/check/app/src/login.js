import { AuthService } from 'aurelia-authentication'; // change
import { HttpClient } from 'aurelia-fetch-client';
import { inject } from 'aurelia-framework';

@inject(HttpClient, AuthService)
export class Login {
  constructor(http, authService) {
    this.http = http;
    this.authService = authService;
  }

  login() {
    return this.authService.login(this.email, this.password).catch(response => {
      this.error = response.status;
    });
  }

  signup() {
    return this.authService.signup(this.name, this.email, this.password); // look
  }

  async google() {
    try {
      await this.authService.authenticate('google', 'https://elsewhere.example/'); // look
    } catch (error) {
      this.error = error.data;
    }
  }

  quietly() {
    return this.authService.authenticate('google');
  }

  stored() {
    return this.http
      .fetch('https://api.elsewhere.example/me') // look
      .then(() => JSON.parse(localStorage.getItem('orders-session'))); // look
  }

  forget() {
    localStorage.removeItem('orders-session');
    localStorage.getItem('theme');
  }
}
