import type { ChildProcess } from 'node:child_process';

export function canRunWebKit(): boolean;
export function startWebKit(
  home: string,
  args: readonly string[],
  variables?: Readonly<Record<string, string>>,
): Promise<ChildProcess>;
export function webkitVersion(): Promise<string>;
export function canDriveWebKit(): boolean;
export function startWebKitDriver(
  home: string,
  port: number,
): Promise<{ readonly driver: ChildProcess; readonly capabilities: object }>;
