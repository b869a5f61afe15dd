import type { AuthConfig } from 'aurelia-auth-refresh';
import { authConfig as aspnetIdentity } from '../../../doc/guides/backends/aspnet-identity.js';
import { authConfig as deviseJwt } from '../../../doc/guides/backends/devise-jwt.js';
import { authConfig as directus } from '../../../doc/guides/backends/directus.js';
import { authConfig as simpleJwt } from '../../../doc/guides/backends/django-simplejwt.js';
import { authConfig as feathers } from '../../../doc/guides/backends/feathers.js';
import { authConfig as sanctum } from '../../../doc/guides/backends/laravel-sanctum.js';
import { authConfig as loopback } from '../../../doc/guides/backends/loopback.js';
import { authConfig as nest } from '../../../doc/guides/backends/nest.js';
import { authConfig as pocketbase } from '../../../doc/guides/backends/pocketbase.js';
import { authConfig as spring } from '../../../doc/guides/backends/spring.js';
import { authConfig as supabase } from '../../../doc/guides/backends/supabase.js';
import { jwt } from './test-server.js';

/** Requests and responses of one backend, as its documentation or its source describes them. */
export interface BackendShape {
  readonly title: string;
  /** The recipe of the guide. */
  readonly config: AuthConfig;
  readonly credentials: object;
  /** Returns the body of a login response whose access token lives for {@link lifetimeSeconds}. */
  login(now: number): object;
  readonly refresh?: RefreshShape;
  /** The logout request: method, path, body. */
  readonly logout?: readonly [method: string, path: string, body: unknown];
}

export interface RefreshShape {
  readonly path: string;
  readonly body: unknown;
  /** The header that carries the access token. If unset, none does. */
  readonly authorization?: string;
  /** Returns the body of a successful response. */
  response(now: number): object;
  readonly refusals: readonly Refusal[];
}

export interface Refusal {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const lifetimeSeconds = 600;

/** An access token with an expiry time. */
function token(now: number, id: string): string {
  return jwt({ sub: 'ada', jti: id, iat: now, exp: now + lifetimeSeconds });
}

const byEmail = { email: 'ada@example.com', password: 'secret' };
const byName = { username: 'ada', password: 'secret' };

export const backendShapes: readonly BackendShape[] = [
  {
    title: 'Django REST framework with SimpleJWT',
    config: simpleJwt,
    credentials: byName,
    login: now => ({ refresh: 'refresh-1', access: token(now, '1') }),
    refresh: {
      path: '/api/token/refresh/',
      body: { grant_type: 'refresh_token', refresh: 'refresh-1' },
      response: now => ({ access: token(now, '2'), refresh: 'refresh-2' }),
      refusals: [
        {
          status: 401,
          headers: { 'WWW-Authenticate': 'Bearer realm="api"' },
          body: { detail: 'Token is blacklisted', code: 'token_not_valid' },
        },
        { status: 401, body: { detail: 'Token is invalid or expired', code: 'token_not_valid' } },
      ],
    },
    logout: ['POST', '/api/token/blacklist/', { refresh: 'refresh-2' }],
  },
  {
    title: 'devise-jwt',
    config: deviseJwt,
    credentials: { user: byEmail },
    login: now => ({ access_token: token(now, '1') }),
    logout: ['DELETE', '/users/sign_out', undefined],
  },
  {
    title: 'Laravel Sanctum',
    config: sanctum,
    credentials: { ...byEmail, device_name: 'web' },
    login: () => ({ token: '1|laravel_sanctum_opaque' }),
    logout: ['POST', '/api/logout', undefined],
  },
  {
    title: 'Nest',
    config: nest,
    credentials: byName,
    login: now => ({ accessToken: token(now, '1'), refreshToken: 'refresh-1' }),
    refresh: {
      path: '/auth/refresh',
      body: { refreshToken: 'refresh-1' },
      authorization: 'Bearer',
      response: now => ({ accessToken: token(now, '2'), refreshToken: 'refresh-2' }),
      refusals: [
        { status: 403, body: { message: 'Access Denied', error: 'Forbidden', statusCode: 403 } },
        { status: 401, body: { message: 'Unauthorized', statusCode: 401 } },
      ],
    },
    logout: ['POST', '/auth/logout', { refreshToken: 'refresh-2' }],
  },
  {
    title: 'Spring Security',
    config: spring,
    credentials: byName,
    login: now => ({ accessToken: token(now, '1'), refreshToken: 'refresh-1', tokenType: 'Bearer', id: 1 }),
    refresh: {
      path: '/api/auth/refreshtoken',
      body: { grant_type: 'refresh_token', refreshToken: 'refresh-1' },
      response: now => ({ accessToken: token(now, '2'), refreshToken: 'refresh-1', tokenType: 'Bearer' }),
      refusals: [
        { status: 403, body: { statusCode: 403, message: 'Failed for [1]: Refresh token was expired.' } },
        { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
      ],
    },
  },
  {
    title: 'ASP.NET Core Identity',
    config: aspnetIdentity,
    credentials: byEmail,
    login: () => ({
      tokenType: 'Bearer',
      accessToken: 'CfDJ8-1',
      expiresIn: lifetimeSeconds,
      refreshToken: 'CfDJ8-r1',
    }),
    refresh: {
      path: '/refresh',
      body: { grant_type: 'refresh_token', refreshToken: 'CfDJ8-r1' },
      authorization: 'Bearer',
      response: () => ({
        tokenType: 'Bearer',
        accessToken: 'CfDJ8-2',
        expiresIn: lifetimeSeconds,
        refreshToken: 'CfDJ8-r2',
      }),
      refusals: [{ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }],
    },
  },
  {
    title: 'Directus',
    config: directus,
    credentials: byEmail,
    login: () => ({
      data: { access_token: 'directus-1', expires: lifetimeSeconds * 1000, refresh_token: 'refresh-1' },
    }),
    refresh: {
      path: '/auth/refresh',
      body: { refresh_token: 'refresh-1', mode: 'json' },
      response: () => ({
        data: { access_token: 'directus-2', expires: lifetimeSeconds * 1000, refresh_token: 'refresh-2' },
      }),
      refusals: [
        {
          status: 401,
          body: { errors: [{ message: 'Invalid user credentials.', extensions: { code: 'INVALID_CREDENTIALS' } }] },
        },
      ],
    },
    logout: ['POST', '/auth/logout', { refresh_token: 'refresh-2', mode: 'json' }],
  },
  {
    title: 'Supabase',
    config: supabase,
    credentials: byEmail,
    login: now => ({
      access_token: token(now, '1'),
      token_type: 'bearer',
      expires_in: lifetimeSeconds,
      expires_at: now + lifetimeSeconds,
      refresh_token: 'refresh-1',
      user: {},
    }),
    refresh: {
      path: '/auth/v1/token',
      body: { refresh_token: 'refresh-1' },
      response: now => ({
        access_token: token(now, '2'),
        token_type: 'bearer',
        expires_in: lifetimeSeconds,
        refresh_token: 'refresh-2',
      }),
      refusals: [
        {
          status: 400,
          body: {
            code: 400,
            error_code: 'refresh_token_not_found',
            msg: 'Invalid Refresh Token: Refresh Token Not Found',
          },
        },
        { status: 400, body: { code: 'refresh_token_already_used', message: 'Invalid Refresh Token: Already Used' } },
      ],
    },
    logout: ['POST', '/auth/v1/logout', {}],
  },
  {
    title: 'PocketBase',
    config: pocketbase,
    credentials: { identity: 'ada@example.com', password: 'secret' },
    login: now => ({ token: token(now, '1'), record: { id: 'ada' } }),
    refresh: {
      path: '/api/collections/users/auth-refresh',
      body: {},
      authorization: '',
      response: now => ({ token: token(now, '2'), record: { id: 'ada' } }),
      refusals: [
        {
          status: 401,
          body: { status: 401, message: 'The request requires valid record authorization token.', data: {} },
        },
        {
          status: 403,
          body: { status: 403, message: 'The authorized record is not allowed to perform this action.', data: {} },
        },
      ],
    },
  },
  {
    title: 'LoopBack',
    config: loopback,
    credentials: byEmail,
    login: now => ({ accessToken: token(now, '1'), refreshToken: 'refresh-1' }),
    refresh: {
      path: '/refresh',
      body: { refreshToken: 'refresh-1' },
      authorization: 'Bearer',
      response: now => ({ accessToken: token(now, '2') }),
      refusals: [
        {
          status: 401,
          body: {
            error: { statusCode: 401, name: 'UnauthorizedError', message: 'Error verifying token: invalid token' },
          },
        },
      ],
    },
  },
  {
    title: 'Feathers',
    config: feathers,
    credentials: { strategy: 'local', ...byEmail },
    login: now => ({ accessToken: token(now, '1'), authentication: { strategy: 'local' }, user: {} }),
    logout: ['DELETE', '/authentication', undefined],
  },
];
