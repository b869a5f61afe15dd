/** A JWT of about this size in the format of RS256. No code here verifies its signature. */
export function jwtOfBytes(bytes: number, issuer: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: `${issuer}/`, aud: 'app', sub: 'ann', iat: now, exp: now + 36_000, permissions: '' };
  const bare = joined(claims).length;
  return joined({ ...claims, permissions: 'read:things '.repeat(100).slice(0, Math.floor(((bytes - bare) * 3) / 4)) });
}

function joined(claims: object): string {
  const header = { alg: 'RS256', typ: 'JWT', kid: '2026-01' };
  const signature = Buffer.alloc(256, 'signature').toString('base64url');
  return [...[header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')), signature].join(
    '.',
  );
}
