/** A Nest application whose validation pipe forbids every property that a request class does not declare. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  Module,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { IsString } from 'class-validator';

const { PORT, APP_ORIGIN, ACCESS_TOKEN_SECONDS } = process.env;

/** The database: which refresh token each session accepts. */
class Sessions {
  isDown = false;
  accepted = new Map();

  find(id) {
    this.checkConnection();
    return this.accepted.get(id);
  }

  save(id, refreshToken) {
    this.checkConnection();
    this.accepted.set(id, refreshToken);
  }

  delete(id) {
    this.checkConnection();
    this.accepted.delete(id);
  }

  checkConnection() {
    if (this.isDown) throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
  }
}

const sessions = new Sessions();

class Credentials {}
IsString()(Credentials.prototype, 'username');
IsString()(Credentials.prototype, 'password');

class RefreshRequest {}
IsString()(RefreshRequest.prototype, 'refreshToken');

class BearerGuard {
  constructor(jwt) {
    this.jwt = jwt;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    try {
      if (scheme !== 'Bearer') throw new Error('No bearer token.');
      request.user = await this.jwt.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
inject(BearerGuard, JwtService);

class AuthController {
  constructor(jwt) {
    this.jwt = jwt;
  }

  login({ username, password }) {
    if (password !== 'secret') throw new UnauthorizedException();
    return this.issueTokens(username, randomUUID());
  }

  async refresh({ refreshToken }) {
    const { sub, sid } = await this.checked(refreshToken);
    return this.issueTokens(sub, sid);
  }

  async logout({ refreshToken }) {
    const { sid } = await this.checked(refreshToken);
    sessions.delete(sid);
  }

  async checked(refreshToken) {
    const claims = await this.jwt.verifyAsync(refreshToken).catch(() => undefined);
    if (!claims || sessions.find(claims.sid) !== refreshToken) throw new ForbiddenException('Access Denied');
    return claims;
  }

  async issueTokens(sub, sid) {
    const jti = randomUUID();
    const accessToken = await this.jwt.signAsync({ sub, jti }, { expiresIn: Number(ACCESS_TOKEN_SECONDS) });
    const refreshToken = await this.jwt.signAsync({ sub, sid, jti }, { expiresIn: '7d' });
    sessions.save(sid, refreshToken);
    return { accessToken, refreshToken };
  }
}
inject(AuthController, JwtService);
post(AuthController, 'login', Credentials);
post(AuthController, 'refresh', RefreshRequest);
post(AuthController, 'logout', RefreshRequest);
Controller('auth')(AuthController);

class OrdersController {
  list({ user }) {
    return { user: user.sub };
  }
}
route(OrdersController, 'list', Get('orders'), UseGuards(BearerGuard));
Req()(OrdersController.prototype, 'list', 0);
Controller('api')(OrdersController);

class AppModule {}
Module({
  imports: [JwtModule.register({ secret: 'a secret for tests' })],
  controllers: [AuthController, OrdersController],
  providers: [BearerGuard],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true }));
app.enableCors({ origin: APP_ORIGIN });
const controls = app.getHttpAdapter().getInstance();
controls.get('/control/break', (_request, response) => {
  sessions.isDown = true;
  response.end();
});
controls.get('/control/mend', (_request, response) => {
  sessions.isDown = false;
  response.end();
});
controls.get('/control/revoke', (_request, response) => {
  sessions.accepted.clear();
  response.end();
});
await app.listen(Number(PORT), '127.0.0.1');

// What TypeScript's decorators and `emitDecoratorMetadata` would write.

function inject(target, ...types) {
  Reflect.defineMetadata('design:paramtypes', types, target);
}

function route(controller, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(controller.prototype, name);
  for (const decorate of decorators) decorate(controller.prototype, name, descriptor);
}

function post(controller, name, bodyType) {
  Reflect.defineMetadata('design:paramtypes', [bodyType], controller.prototype, name);
  Body()(controller.prototype, name, 0);
  route(controller, name, Post(name), HttpCode(200));
}
