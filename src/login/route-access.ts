import type { JwtClaims } from '../session/token-set.js';

/** Which users a route requires: any signed-in user, one of these roles, or users that the function accepts. */
export type RouteAccess<Claims extends object = JwtClaims> =
  | boolean
  | { readonly roles: readonly string[] }
  | ((claims: Claims | undefined) => boolean);

/** Returns the claim `roles` or `role`. */
export function rolesOf({ role = [], roles = role }: JwtClaims = {}): readonly string[] {
  return [roles].flat() as string[];
}

/** Whether a signed-in user with these claims and roles may open a route. The server must check this again. */
export function isAllowed<Claims extends object>(
  access: RouteAccess<Claims>,
  claims: Claims | undefined,
  roles: readonly string[],
): boolean {
  if (typeof access === 'function') return access(claims);
  return typeof access === 'boolean' || access.roles.some(role => roles.includes(role));
}
