/** `npm run release`: packs the package into `release`, with a software bill of materials beside the tarball. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.mjs';
import { npmOutput, root } from './npm.mjs';

const folder = join(root, 'release');
mkdirSync(folder, { recursive: true });
const [{ filename }] = JSON.parse(npmOutput(['pack', '--json', '--pack-destination', folder], root));
const bill = filename.replace(/\.tgz$/, '.cdx.json');
writeFileSync(join(folder, bill), billOfMaterials(join(folder, filename)));
console.log(`release/${filename}\nrelease/${bill}`);
