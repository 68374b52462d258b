// npm run docs [-- folder]: builds the documentation site in docs-site/, or in another folder.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const jiti = createRequire(import.meta.url)
  .resolve('jiti/package.json')
  .replace('package.json', 'lib/jiti-cli.mjs');
const main = fileURLToPath(new URL('../docs/site/main.ts', import.meta.url));
process.exitCode =
  spawnSync(process.execPath, [jiti, main, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
