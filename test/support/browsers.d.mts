export function chromium(): string | undefined;
export function firefox(): string | undefined;
export function webkit(): string | undefined;
export function program(name: string): string | undefined;
export const chromiumFlags: string[];
