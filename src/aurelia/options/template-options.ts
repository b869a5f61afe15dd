/** Options for templates. */
export interface TemplateOptions {
  /**
   * Value converters that all templates can use: `authFilterValueConverter`, `authenticatedFilterValueConverter`,
   * `authenticatedValueConverter`.
   * @default ['authFilterValueConverter']
   */
  globalValueConverters?: readonly string[];
}

export function templateDefaults(): Required<TemplateOptions> {
  return { globalValueConverters: ['authFilterValueConverter'] };
}
