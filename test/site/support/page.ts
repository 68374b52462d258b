import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes files to a folder, by their addresses. */
export const writeFiles = (folder: string, files: Readonly<Record<string, string>>): string => {
  for (const [address, text] of Object.entries(files)) {
    const path = join(folder, ...address.split('/'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
};

/** A page as a bundler leaves one, as small as can be: what a server does does not depend on what is in it. */
export const PAGE = {
  'index.html': '<!doctype html><html lang="en"><head><title>page</title></head><body></body></html>',
  'assets/page-1a2b3c.js': 'export {};',
  'LICENSES.txt': 'of what is in it',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
};
