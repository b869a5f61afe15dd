export interface SoakReport {
  readonly title: string;
  /** Whether all went as it should. */
  readonly faultless: boolean;
  readonly counts: Readonly<Record<string, number | string>>;
}
