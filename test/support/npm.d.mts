export const root: string;
export function npm(args: readonly string[], env?: Readonly<Record<string, string>>): boolean;
export function npmOutput(args: readonly string[], cwd: string): string;
export function npmBeside(args: readonly string[]): Promise<{ readonly succeeded: boolean; readonly output: string }>;
