import { protectedUrls } from '../../src/core.js';

const base = 'https://app.example/page';
const asSent = (url: string, from = base) => new URL(url, from).href;

describe('protected URLs', () => {
  const protects = protectedUrls(['https://api.example.com'], base);

  for (const url of [
    'https://api.example.com.evil.test/x',
    'https://api.example.com@evil.test/x',
    'https://api.example.comevil.test/x',
    'https://api.example.com:8443/x',
    'http://api.example.com/x',
    'https://api.example.com./x',
    '/\\evil.test/x',
    '\t//evil.test/x',
    '//evil.test/x',
    'blob:https://api.example.com/uuid',
    'data:text/plain,https://api.example.com/',
    'javascript:https://api.example.com/',
    'https://evil.test/?https://api.example.com/',
  ]) {
    it(`[C-02] exclude ${JSON.stringify(url)}`, () => {
      expect(protects(asSent(url))).toBeFalse();
    });
  }

  for (const url of [
    'HTTPS://API.EXAMPLE.COM/x',
    '//api.example.com/x',
    'https://api%2eexample.com/x',
    'https://ａpi.example.com/x',
    'https://api.example.com',
    'https://api.example.com?x',
    'https://api.example.com:443/x',
  ]) {
    it(`[C-02] include ${url}`, () => {
      expect(protects(asSent(url))).toBeTrue();
    });
  }

  it('[C-02] match whole path segments', () => {
    const under = protectedUrls(['/api'], base);
    expect(['/api', '/api/x', '/api?x', '/apix', '/other', '/api/../other'].map(path => under(asSent(path)))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  for (const baseUrl of ['.evil.test/x', '@evil.test/x']) {
    it(`[C-03] exclude ${baseUrl} joined to a base URL`, () => {
      expect(protects(asSent(`https://api.example.com${baseUrl}`))).toBeFalse();
    });
  }

  it('[C-05] cannot have another scheme than https:, except http: on this computer', () => {
    const rejected: string[] = [];
    const urls = [
      'http://api.example.com',
      'http://localhost:3000',
      'http://127.0.0.1',
      'http://[::1]:1',
      'ftp://localhost',
      'ws://localhost',
      'http://',
    ];
    const local = protectedUrls(urls, base, (url, why) => rejected.push(`${url}: ${why}`));
    expect(rejected).toEqual([
      'http://api.example.com: tokens are sent over https: only',
      'ftp://localhost: tokens are sent over https: only',
      'ws://localhost: tokens are sent over https: only',
      'http://: it is not a URL',
    ]);
    expect(local('http://localhost:3000/x')).toBeTrue();
    expect(local('http://127.0.0.1/x')).toBeTrue();
    expect(local('http://[::1]:1/x')).toBeTrue();
    expect(local('http://api.example.com/x')).toBeFalse();
  });

  it('[C-05] include http: on any host that the list writes so, with plainHttp', () => {
    const rejected: string[] = [];
    const listed = ['http://intranet', '//other', '/relative'];
    const protects = protectedUrls(listed, 'http://page.example/', url => rejected.push(url), true);
    expect(rejected).toEqual(['//other', '/relative']);
    expect(['http://intranet/x', 'http://other/x', 'http://page.example/relative'].map(protects)).toEqual([
      true,
      false,
      false,
    ]);
  });
});
