import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IS_LONG } from '../support/chosen.ts';

const require = createRequire(import.meta.url);

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The two compilers that must accept definitions: 5.9, and 7, which is a different program. */
export const COMPILERS = ['typescript', 'typescript-7'] as const;
export type Compiler = (typeof COMPILERS)[number];

/** For tests that one of them is enough for: the native one, which takes a seventh of the time; both among the long tests. */
export const QUICK: readonly Compiler[] = IS_LONG ? COMPILERS : ['typescript-7'];
/**
 * The command that checks what readers of a page write. TypeScript 7 shares its work among four checkers, which all read
 * what all need: alone, it takes two thirds of the processor's time.
 */
export const TSC = (): readonly string[] => (IS_LONG ? [program('typescript')] : [program('typescript-7'), ...ALONE]);
const ALONE = ['--singleThreaded'] as const;

/** One error: where it points, counted from 1, and what it says. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface Compilation {
  readonly errors: readonly Diagnostic[];
  /** How many types were made by filling in type parameters: what a type checker's time goes into. */
  readonly instantiations: number;
}

/** Type-checks a project, given as its tsconfig.json's path from the root. */
export const compile = async (compiler: Compiler, project: string): Promise<Compilation> => {
  const options = ['--noEmit', '--pretty', 'false', '--extendedDiagnostics'];
  const single = compiler === 'typescript-7' ? ALONE : [];
  const output = await run([program(compiler), '-p', project, ...options, ...single]);
  const instantiations = /^Instantiations:\s+(\d+)$/m.exec(output)?.[1];
  if (instantiations === undefined) throw new Error(`${compiler} did not check ${project}: ${output}`);
  return { errors: parse(output), instantiations: Number(instantiations) };
};

const program = (compiler: Compiler): string => {
  const manifest = require.resolve(`${compiler}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: { tsc: string } };
  return join(dirname(manifest), bin.tsc);
};

// A type that never ends takes all memory, and TypeScript 7 is a process of a process: the whole group is killed.
const LIMIT = 120_000;

// A compiler that finds errors exits with 1 or 2, so the status says nothing here.
const run = (args: readonly string[]): Promise<string> =>
  new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, detached: true });
    let output = '';
    const add = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    const stop = setTimeout(() => {
      output += `stopped after ${LIMIT / 1000} s`;
      if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    }, LIMIT);
    child.on('close', () => {
      clearTimeout(stop);
      done(output);
    });
  });

// An error is a line that says where, and lines after it that are indented.
const parse = (output: string): Diagnostic[] =>
  [...output.matchAll(/^(\S+)\((\d+),(\d+)\): error TS\d+: (.*(?:\r?\n {2}.*)*)/gm)].map(
    ([, file = '', line, column, text = '']) => ({ file, line: Number(line), column: Number(column), text }),
  );
