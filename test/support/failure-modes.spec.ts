import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

describe('every failure mode', () => {
  it('has a spec, or a reason why there is none', () => {
    const script = fileURLToPath(new URL('failure-modes.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
