import { untilAborted } from '../../src/http/until-aborted.js';
import { standing } from '../session/support.js';

const never = new Promise<void>(() => undefined);

describe('untilAborted()', () => {
  it('settles as the work does', async () => {
    const { signal } = new AbortController();
    const reason = new Error('failed');
    expect(await untilAborted(Promise.resolve('done'), signal)).toBe('done');
    expect((await standing(untilAborted(Promise.reject(reason), signal))).error).toBe(reason);
  });

  it('rejects with the reason of a signal that aborts, or has aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = untilAborted(never, controller.signal);
    controller.abort(reason);
    expect((await standing(waiting)).error).toBe(reason);
    expect((await standing(untilAborted(never, controller.signal))).error).toBe(reason);
  });

  it('[F116] rejects with an AbortError in browsers without AbortSignal.reason', async () => {
    const controller = new AbortController();
    Object.defineProperty(controller.signal, 'reason', { value: undefined });
    const waiting = untilAborted(never, controller.signal);
    controller.abort();
    const { error } = await standing(waiting);
    expect([(error as DOMException).name, (error as DOMException).message]).toEqual([
      'AbortError',
      'The request was aborted.',
    ]);
  });

  it('leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const added = spyOn(signal, 'addEventListener').and.callThrough();
    const removed = spyOn(signal, 'removeEventListener').and.callThrough();
    await untilAborted(Promise.resolve(), signal);
    await standing(never);
    expect(removed.calls.allArgs()).toEqual(added.calls.allArgs() as [string, EventListener][]);
    expect(added.calls.count()).toBe(1);
  });
});
