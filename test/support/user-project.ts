import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { TSC } from '../types/tsc.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A project as a reader of our pages has it, while a file of tests runs. The package is this repository; what it depends on is found by climbing. */
export const userProject = (name: string) => {
  const folder = join(ROOT, 'out', `${name}-${randomUUID()}`);
  beforeAll(() => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(ROOT, join(folder, 'node_modules', 'cvae-compile'), 'junction');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', private: true }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const run = (command: string, args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    return { status, output: `${stdout}${stderr}` };
  };
  const node = (...words: readonly string[]) => run(process.execPath, words);
  return {
    folder,
    run,
    cli: (...words: readonly string[]) => node(join(ROOT, 'dist', 'cli', 'bin.js'), ...words),
    /** Type-checks files, by their names or patterns. */
    check: (...include: readonly string[]) => {
      const compilerOptions = {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        target: 'es2022',
        module: 'nodenext',
        allowImportingTsExtensions: true,
        types: ['node'],
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
      return node(...TSC(), '--noEmit');
    },
    /** Runs a TypeScript file. */
    execute: (file: string) => node(join(ROOT, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs'), file),
  };
};
