export function packedReadme(text: string, repository: string | undefined): string;
