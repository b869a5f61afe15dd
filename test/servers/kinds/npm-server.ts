import { join } from 'node:path';
import { freePort, Program } from '../programs.js';
import type { StartOptions } from '../server-kind.js';

/** Packages of servers from npm, apart from those of the library. */
export const npmFolder = join(import.meta.dirname, '../npm');

/** A server of `npm/` with routes by which the suite plays the administrator. */
export interface NpmServer {
  readonly origin: string;
  readonly program: Program;
  control(name: string): Promise<string>;
  revokeRefreshTokens(): Promise<void>;
  breakDatabase(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

export async function startNpmServer(script: string, options: StartOptions): Promise<NpmServer> {
  const { app, folder, accessTokenSeconds } = options;
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const control = async (name: string) => (await fetch(`${origin}/control/${name}`)).text();
  const program = await Program.start(process.execPath, [join(npmFolder, script)], {
    env: { PORT: String(port), APP_ORIGIN: app, ACCESS_TOKEN_SECONDS: String(accessTokenSeconds) },
    folder,
    readyUrl: `${origin}/control/mend`,
  });
  return {
    origin,
    program,
    control,
    revokeRefreshTokens: async () => void (await control('revoke')),
    breakDatabase: async () => {
      await control('break');
      return async () => void (await control('mend'));
    },
    stop: () => program.stop(),
  };
}

/** The version of an installed package. */
export async function npmVersion(name: string): Promise<string> {
  const { default: manifest } = await import(join(npmFolder, 'node_modules', name, 'package.json'), {
    with: { type: 'json' },
  });
  return manifest.version;
}
