// How long both compilers take to check a definition, as users have it: against the declarations in dist. The whole of `tsc`, from start to
// end, the least of several times, the dearest definitions first. `npm run bench -- types [how many]`
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { least, table } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const COMPILERS = ['typescript-7', 'typescript'] as const;
const ROUNDS = 3;
const [shown = '5'] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'cvae-types-'));
try {
  const versions = COMPILERS.map(versionOf);
  const examples = join(root, 'examples');
  const files = readdirSync(examples, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => join(examples, file))
    .filter((file) => readFileSync(file, 'utf8').includes('export default'));
  const quick = files.map((file) => ({ file, seconds: secondsOf('typescript-7', file, 1) }));
  const dearest = quick.toSorted((a, b) => b.seconds - a.seconds).slice(0, Number(shown));
  const nothing = join(folder, 'nothing.ts');
  writeFileSync(nothing, 'export {};\n');
  console.log(`${versions.join(' and ')}, ${files.length} definitions, the least of ${ROUNDS}`);
  table(
    [...dearest.map(({ file }) => file), nothing].map((file) => ({
      definition: file === nothing ? 'no definition' : relative(root, file),
      lines: readFileSync(file, 'utf8').trimEnd().split('\n').length,
      ...Object.fromEntries(
        COMPILERS.map((compiler, i) => [`${versions[i]}, s`, secondsOf(compiler, file, ROUNDS).toFixed(2)]),
      ),
    })),
  );
} finally {
  rmSync(folder, { recursive: true });
}

function versionOf(compiler: string): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(root, 'node_modules', compiler, 'package.json'), 'utf8'),
  );
  return `TypeScript ${version}`;
}

/** Seconds that a compiler takes to check a file. @throws Error if it finds a mistake. */
function secondsOf(compiler: string, file: string, rounds: number): number {
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { paths: {}, typeRoots: [join(root, 'node_modules/@types')] };
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files: [file], include: [] }),
  );
  const words = [join(root, 'node_modules', compiler, 'bin/tsc'), '--noEmit', '-p', config];
  const once = (): number => {
    const started = performance.now();
    const { status, stdout } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${relative(root, file)}: expected no mistakes, got\n${stdout}`);
    return (performance.now() - started) / 1000;
  };
  return least(Array.from({ length: rounds }, once));
}
