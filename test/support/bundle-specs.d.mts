import type { Plugin } from 'esbuild';

export function browserSpecs(): string[];
export function browserSources(): string[];
export const instrument: Plugin;
