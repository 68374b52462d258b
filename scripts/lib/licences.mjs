// The licences of what a bundle was made of: whoever gets the bundle gets none of the packages that say them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of the licences of all packages that the files at these paths belong to; files of no package are ours. */
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
