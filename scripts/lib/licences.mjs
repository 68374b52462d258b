// Collects the licences of a bundle's packages: users of the bundle do not receive the packages that contain them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the text of the licences of all packages that the files at these paths belong to; files outside packages are this
 * project's own.
 */
export function licencesOf(paths) {
  const folders = [...paths].flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const { license, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const text = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
      return `${folder.replace(/^.*node_modules\//, '')} ${version} (${license})\n\n${text ? readFileSync(join(folder, text), 'utf8') : ''}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
