import { AuthService } from 'aurelia-authentication'; // change

export class MyAuth extends AuthService {
  name = '';

  getAccessToken() {
    return super.getAccessToken().trim();
  }

  updateToken = () => fetch('/auth/renew').then(response => response.ok); // look

  restart() {
    this.clearTimeout(); // look
    this.name = '';
    return this.authentication.redirect('https://elsewhere.example/', '#/'); // look
  }
}
