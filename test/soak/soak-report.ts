export interface SoakReport {
  readonly title: string;
  /** Whether the run met all expectations. */
  readonly faultless: boolean;
  readonly counts: Readonly<Record<string, number | string>>;
}
