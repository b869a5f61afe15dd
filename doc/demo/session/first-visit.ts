/** Credentials of the demo user. */
export const demoUser = { email: 'ada@example.com', password: 'analytical engine' };

const key = 'demo-visited';
const isFirst = localStorage.getItem(key) === null;

/** Whether the demo was never opened in this browser before the page was loaded. */
export function isFirstVisit(): boolean {
  return isFirst;
}

/** Signs the demo user in on the first visit. If that fails, the page shows its form. */
export async function signInOnFirstVisit(logIn: (user: typeof demoUser) => Promise<unknown>): Promise<void> {
  if (!isFirst) return;
  localStorage.setItem(key, 'true');
  await logIn(demoUser).catch(() => undefined);
}
