// node non-atomic-replace.mjs FOLDER: replaces a file as one should not: the old one goes before the new one comes.
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const at = (name) => join(process.argv[2], name);
renameSync(at('data'), at('old'));
rmSync(at('old'));
writeFileSync(at('new'), 'new');
renameSync(at('new'), at('data'));
