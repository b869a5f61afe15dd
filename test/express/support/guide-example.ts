import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A program of the guides, in a process where time stands still until it is moved. */
export interface GuideExample {
  advance(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/** Resolves when the program has said something: it listens then. */
export async function startGuideExample(program: string, env: Record<string, string>): Promise<GuideExample> {
  const clock = new URL('./steered-clock.ts', import.meta.url).href;
  const example: ChildProcess = spawn(process.execPath, ['--import', 'tsx', '--import', clock, program], {
    cwd: join(import.meta.dirname, '../../..'),
    env: { ...process.env, ...env, TSX_TSCONFIG_PATH: 'test/tsconfig.json' },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const ended = once(example, 'exit').then(() => Promise.reject(new Error(`${program} ended.`)));
  ended.catch(() => undefined);
  await Promise.race([once(example.stdout!, 'data'), ended]);
  return {
    async advance(seconds) {
      const moved = once(example, 'message');
      example.send(seconds);
      await Promise.race([moved, ended]);
    },
    async stop() {
      if (example.kill()) await once(example, 'exit');
    },
  };
}
