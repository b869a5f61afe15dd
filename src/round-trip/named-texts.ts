/** Texts under names, in the manner of web storage. May throw whenever the browser does. */
export interface NamedTexts {
  read(name: string): string | undefined;
  write(name: string, text: string): void;
  remove(name: string): void;
  names(): readonly string[];
}
