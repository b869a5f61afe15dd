import { type AuthConfig, classifyRefreshResponse } from 'aurelia-auth-refresh';

const apikey = 'the anon or publishable key of the project';
const project = 'https://PROJECT.supabase.co';
const endOfSession = ['refresh_token_not_found', 'refresh_token_already_used', 'session_not_found', 'session_expired'];

export const authConfig: AuthConfig = {
  baseUrl: `${project}/auth/v1`,
  loginUrl: '/token?grant_type=password',
  refreshTokenUrl: '/token?grant_type=refresh_token',
  useRefreshToken: true,
  protectedUrls: [`${project}/rest/v1`, `${project}/auth/v1`],
  defaultHeadersForTokenRequests: { 'Content-Type': 'application/json', apikey },
  sendAccessTokenOnRefresh: false,
  refreshRequest: { parameters: { grant_type: null } },
  classifyRefreshResponse(response) {
    const { code, error_code = code } = Object(response.json);
    return endOfSession.includes(error_code) ? 'refused' : classifyRefreshResponse(response);
  },
  logoutUrl: '/logout',
  logoutMethod: 'post',
  logoutRequest: { parameters: { refresh_token: null } },
};
