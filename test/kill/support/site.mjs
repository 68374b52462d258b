// node site.mjs FOLDER FILE…: writes a small site of these files to a folder, through the library as it is built.
import { basename } from 'node:path';
import { table } from '../../../dist/site/offline.js';
import { SITE_FILE } from '../../../dist/site/site.js';
import { writeSite } from '../../../dist/site/write.js';

const [, , folder, ...files] = process.argv;
const site = new Map(files.map((path) => [`files/${basename(path)}`, { path }]));
const all = new Map(site);
await writeSite(folder, site.set(SITE_FILE, { make: () => table(all, { name: 'small' }) }));
