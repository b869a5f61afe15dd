import axios, { type AxiosError } from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';
import { type ClientKind, clientId, type Tokens, tokenPath } from './client.js';

/** Refreshes after a 401 response and sends the request again. The tokens are in `localStorage`, where the application keeps them. */
export const axiosAuthRefresh: ClientKind = {
  name: 'axios-auth-refresh',
  open() {
    const api = axios.create();
    const keep = ({ access_token, refresh_token }: Tokens): void => {
      localStorage.setItem('token', access_token);
      localStorage.setItem('refreshToken', refresh_token);
    };
    const accessToken = (): string | undefined => localStorage.getItem('token') ?? undefined;
    const logOut = (): void => {
      localStorage.removeItem('token');
      localStorage.removeItem('refreshToken');
    };
    const refresh = async (): Promise<void> => {
      const body = {
        grant_type: 'refresh_token',
        client_id: clientId,
        refresh_token: localStorage.getItem('refreshToken'),
      };
      const { data } = await axios.post<Tokens>(tokenPath, body).catch(signOutIfRefused);
      keep(data);
    };
    const signOutIfRefused = (error: AxiosError): never => {
      if (error.response?.status === 400 || error.response?.status === 401) logOut();
      throw error;
    };
    api.interceptors.request.use(request => {
      const token = accessToken();
      if (token !== undefined && isOwn(request.url)) request.headers.Authorization = `Bearer ${token}`;
      return request;
    });
    // Its declarations name the types of axios for CommonJS, which TypeScript tells apart.
    createAuthRefresh(api as unknown as Parameters<typeof createAuthRefresh>[0], refresh);
    return {
      logIn: keep,
      logOut,
      authorize(request) {
        const token = accessToken();
        if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
        return request;
      },
      async send(url, { method, body, headers, signal } = {}) {
        const { status, data } = await api.request<ArrayBuffer>({
          url,
          method: method ?? 'GET',
          data: body,
          headers: Object.fromEntries(new Headers(headers)),
          responseType: 'arraybuffer',
          ...(signal && { signal }),
          validateStatus: status => status !== 401,
        });
        return new Response(data, { status });
      },
      refresh,
      isSignedIn: () => accessToken() !== undefined,
      accessToken,
    };
  },
};

function isOwn(url: string | undefined): boolean {
  return new URL(url ?? '', location.href).origin === location.origin;
}
