import type { IncomingMessage, ServerResponse } from 'node:http';

export function respond(request: IncomingMessage, response: ServerResponse, next: () => void): void;
export const echo: Readonly<Record<string, unknown>>;
