import { browsers, isVersioned, type Requirement, requirements } from '../../test/package/support/browser-versions.js';
import { optionalFeatures } from '../../test/package/support/optional-features.js';
import { type FeatureUse, UsedFeatures } from '../../test/package/support/used-features.js';

/** Entry points of the client, by the file that they export. */
const entryPoints = {
  'aurelia-auth-refresh': 'src/index.ts',
  '/core': 'src/core.ts',
  '/aurelia2': 'src/aurelia2.ts',
  '/oidc': 'src/oidc.ts',
  '/testing': 'src/testing.ts',
};

/** Uses of features by entry point. */
export function featuresOfClient(): ReadonlyMap<string, readonly FeatureUse[]> {
  const used = new UsedFeatures();
  return new Map(Object.entries(entryPoints).map(([name, file]) => [name, used.of(file).filter(isVersioned)]));
}

/** The earliest browser versions with all features that an entry point cannot do without. */
export function browserTable(): string {
  const rows = [...featuresOfClient()].map(([name, uses]) => {
    const needed = requirements(uses.filter(({ feature }) => !(feature in optionalFeatures)));
    return [`\`${name}\``, ...Object.values<Requirement>(needed).map(cell)];
  });
  const heads = ['entry point', ...Object.values(browsers)];
  return [heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function cell({ version, use }: Requirement): string {
  const [name = '', member] = (use?.feature ?? '').split('.').slice(-2);
  const feature = member?.includes('_')
    ? member.replaceAll('_', ' ')
    : `\`${use?.feature.replace('Constructor', '')}\``;
  return `${version} (${name && feature})`;
}
