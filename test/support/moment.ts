/** Real clock, read before the page's clock is moved. */
export const realNow = Date.now.bind(Date);

/** Waits until the wall clock reaches `at`, to the millisecond, because the timers of tabs differ in precision. */
export async function moment(at: number): Promise<void> {
  if (realNow() >= at) return;
  await new Promise(resolve => setTimeout(resolve, at - realNow() - 5));
  while (realNow() < at);
}
