import { coveringSpecs } from './covering-specs.js';
import type { Mutant } from './mutants.js';
import { SpecBundle } from './spec-bundle.js';
import type { SpecPage, SpecRun } from './spec-page.js';

/** Specs of some folders, and the statements that each of them executes. */
export class SpecSuite {
  private constructor(
    private readonly page: SpecPage,
    private readonly bundle: SpecBundle,
    private readonly baseline: SpecRun,
  ) {}

  /** Runs the specs once without a change. Throws if one of them fails. */
  static async create(page: SpecPage, folders: readonly string[]): Promise<SpecSuite> {
    const instrumented = await SpecBundle.create(folders, { instrumented: true });
    const baseline = await page.run(await instrumented.script(), 600_000);
    await instrumented.dispose();
    if (baseline.failure !== undefined) throw new Error(`The specs fail without a change: ${baseline.failure}.`);
    console.log(`${baseline.names.length} specs of ${folders.join(', ')} pass without a change`);
    return new SpecSuite(page, await SpecBundle.create(folders), baseline);
  }

  /** Runs the specs that execute the changed statement. Returns the first failure. */
  async failureOf(mutant: Mutant, source: string): Promise<string | undefined> {
    const groups = coveringSpecs(mutant, this.baseline).filter(({ length }) => length > 0);
    if (groups.length === 0) return undefined;
    const script = await this.bundle.script(mutant.file, source);
    for (const specs of groups) {
      const { failure } = await this.page.run(script, 60_000, specs);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  dispose(): Promise<void> {
    return this.bundle.dispose();
  }
}
