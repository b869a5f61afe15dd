export function npm(args: readonly string[], env?: Readonly<Record<string, string>>): boolean;
