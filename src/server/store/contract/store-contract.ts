import type { StoreContractCase } from './case.js';
import { rotationCases } from './rotation-cases.js';
import { sessionCases } from './session-cases.js';
import { userCases } from './user-cases.js';

/**
 * The requirements of a {@link SessionStore}, for any test runner. Each case needs an empty store.
 *
 * @example
 * ```ts
 * for (const { name, check } of storeContract) it(name, async () => check(await myEmptyStore()));
 * ```
 */
export const storeContract: readonly StoreContractCase[] = [...sessionCases, ...userCases, ...rotationCases];
