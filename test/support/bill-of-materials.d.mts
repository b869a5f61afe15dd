export function billOfMaterials(tarball: string): string;
