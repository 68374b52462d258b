#!/usr/bin/env node
// The command. It lies in the repository, unlike what it starts: npm makes no command of a file that is missing, and remembers
// that it has made none, so that `npx cvae-compile` in a clone that was not built yet would never work there again.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../dist/cli/bin.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  process.stderr.write(
    `error: ${folder}: expected the program to be built, got no dist/cli/bin.js; run npm ci && npm run build there\n`,
  );
  process.exitCode = 1;
}
