import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The compilers that definitions must pass: the native one, and 5.9, which takes five times as long. */
export type Compiler = 'typescript-7' | 'typescript';

/**
 * Type-checks definitions with their claims in one program, as users have them: against the declarations in dist/. Gives what
 * the compiler says of each that it refuses, by the index in the list.
 */
export async function typeErrors(
  compiler: Compiler,
  folder: string,
  texts: readonly string[],
): Promise<ReadonlyMap<number, string>> {
  await mkdir(folder, { recursive: true });
  await copyFile(fileURLToPath(new URL('same.ts', import.meta.url)), join(folder, 'same.ts'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await Promise.all(texts.map((text, i) => writeFile(join(folder, `d${i}.ts`), text)));
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      // What a definition computes and does not use is no error here.
      noUnusedLocals: false,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: {
        'cvae-compile': [join(ROOT, 'dist/index.d.ts')],
        'cvae-compile/train': [join(ROOT, 'dist/train/index.d.ts')],
      },
    },
    include: [],
    files: ['same.ts', ...texts.map((_, i) => `d${i}.ts`)],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const manifest = require.resolve(`${compiler}/package.json`);
  const { bin } = JSON.parse(await readFile(manifest, 'utf8'));
  const program = join(dirname(manifest), bin.tsc);
  const output = await run([program, '-p', join(folder, 'tsconfig.json'), '--pretty', 'false']);
  const errors = new Map<number, string>();
  for (const [, file = '', text = ''] of output.matchAll(/^(\S+?)\(\d+,\d+\): (error TS\d+: .*(?:\r?\n {2}.*)*)/gm)) {
    const i = Number(/d(\d+)\.ts$/.exec(file)?.[1] ?? NaN);
    if (Number.isNaN(i)) throw new Error(`${compiler}: ${file}: ${text}`);
    if (!errors.has(i)) errors.set(i, text);
  }
  if (errors.size === 0 && output.trim() !== '') throw new Error(`${compiler}: ${output}`);
  return errors;
}

// A compiler that finds errors exits with 1 or 2: what it says is what counts.
const run = (args: readonly string[]): Promise<string> =>
  new Promise((done) => {
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (_, stdout, stderr) => done(stdout + stderr));
  });
