import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { npmOutput, root } from './npm.mjs';

/** Returns the software bill of materials (CycloneDX) of a packed package: the package and its dependencies. */
export function billOfMaterials(tarball) {
  const parent = mkdtempSync(join(tmpdir(), 'bill-'));
  try {
    // npm takes the name from the folder.
    const folder = join(parent, 'aurelia-auth-refresh');
    mkdirSync(folder);
    // Git for Windows brings a tar that takes what stands before a colon, such as a drive, for a host.
    execFileSync('tar', ['-xzf', basename(tarball), '--strip-components=1', '-C', folder], { cwd: dirname(tarball) });
    const file = join(folder, 'package.json');
    const { devDependencies, peerDependencies, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(manifest));
    for (const name of Object.keys(manifest.dependencies)) {
      cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
    }
    return npmOutput(['sbom', '--sbom-format=cyclonedx'], folder);
  } finally {
    rmSync(parent, { recursive: true });
  }
}
