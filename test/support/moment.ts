/** The page's own clock may be put ahead later. */
export const realNow = Date.now.bind(Date);

/** Waits until the wall clock shows `at`, to the millisecond: each tab has a timer of its own precision. */
export async function moment(at: number): Promise<void> {
  if (realNow() >= at) return;
  await new Promise(resolve => setTimeout(resolve, at - realNow() - 5));
  while (realNow() < at);
}
