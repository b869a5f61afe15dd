import { isAllowed, rolesOf } from 'aurelia-auth-refresh/core';

describe('rolesOf()', () => {
  for (const [claims, roles] of [
    [undefined, []],
    [{}, []],
    [{ roles: ['a', 'b'] }, ['a', 'b']],
    [{ roles: 'a' }, ['a']],
    [{ role: 'a' }, ['a']],
    [{ role: ['a'], roles: ['b'] }, ['b']],
  ] as const) {
    it(`returns ${JSON.stringify(roles)} for ${JSON.stringify(claims)}`, () => {
      expect(rolesOf(claims)).toEqual(roles);
    });
  }
});

describe('isAllowed()', () => {
  for (const [access, roles, allowed] of [
    [true, [], true],
    [{ roles: ['a', 'b'] }, ['b'], true],
    [{ roles: ['a'] }, ['b'], false],
    [{ roles: [] }, ['b'], false],
    [() => true, [], true],
    [() => false, ['a'], false],
  ] as const) {
    it(`returns ${allowed} for ${JSON.stringify(access) ?? access} with ${JSON.stringify(roles)}`, () => {
      expect(isAllowed(access, {}, roles)).toBe(allowed);
    });
  }
});
