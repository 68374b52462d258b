// npm run docs [-- folder]: builds the documentation site in docs-site/, or in another folder.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [folder, ...rest] = process.argv.slice(2);
if (folder?.startsWith('-') || rest.length > 0) {
  console.error('usage: npm run docs [-- FOLDER]    builds the documentation site in FOLDER, docs-site unless given');
  process.exit(folder === '--help' || folder === '-h' ? 0 : 2);
}

const jiti = createRequire(import.meta.url)
  .resolve('jiti/package.json')
  .replace('package.json', 'lib/jiti-cli.mjs');
const main = fileURLToPath(new URL('../docs/site/main.ts', import.meta.url));
process.exitCode =
  spawnSync(process.execPath, [jiti, main, ...(folder === undefined ? [] : [folder])], { stdio: 'inherit' }).status ??
  1;
