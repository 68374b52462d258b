import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePrinted, runAllProgram } from '../support/run-all.ts';
import { IS_LONG } from '../support/chosen.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SRC = join(ROOT, 'src');

/** The code of a docstring's example, and what it is of. */
interface Example {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

/** Every `@example` of the sources. */
const examples: readonly Example[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .sort()
  .flatMap((file) =>
    [
      ...readFileSync(join(SRC, file), 'utf8').matchAll(
        /^ \* @example\n((?: \*.*\n)+?) \*\/\nexport (?:async )?(?:const|function) (\w+)/gm,
      ),
    ].map(([, block = '', name = '']) => {
      const [, code = ''] = /^```ts\n([\s\S]*)^```$/m.exec(block.replace(/^ \* ?/gm, '')) ?? [];
      return { name, file, code };
    }),
  );

/** What a comment says that a line prints: `console.log(x.shape); // [200]: of a vector` */
const saidBy = (code: string): readonly string[] =>
  [...code.matchAll(/^console\.log\(.*\); \/\/ (.*?)(?:: [a-z].*)?$/gm)].map(([, said = '']) => said);

/** `[ 14, 14, 32 ]` as one writes it. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/([[{(]) | ([\]})])/g, '$1$2').trim();

const folder = join(ROOT, 'out', `examples-${randomUUID()}`);
const jiti = join(ROOT, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs');
const DOORS = ['train', 'compiler', 'data', 'onnx', 'testing'];
const env = {
  ...process.env,
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  JITI_ALIAS: JSON.stringify({
    ...Object.fromEntries(DOORS.map((door) => [`cvae-compile/${door}`, join(SRC, door, 'index.ts')])),
    'cvae-compile/runtime': join(SRC, 'runtime', 'node.ts'),
    'cvae-compile': join(SRC, 'index.ts'),
  }),
};
const node = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', env });
  return { status, output: `${stdout}${stderr}` };
};
const write = (name: string, text: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};

/** A project as the examples take one: a model with a few digits, two exports of it, a table and a folder of pictures. */
beforeAll(() => {
  const model = readFileSync(join(ROOT, 'examples', 'digits', 'model.ts'), 'utf8');
  write('model.ts', `${model.replace(/^export const (data|training)\b[\s\S]*?;$/gm, '').replace(/^import \{ digits \}.*$/m, '')}${FEW}`);
  copyFileSync(join(ROOT, 'examples', 'table', 'weather.csv'), join(folder, 'weather.csv'));
  for (const name of ['cat/1', 'cat/2', 'dog/1'])
    write(`photos/${name}.png`, encode({ width: 28, height: 28, channels: 1, depth: 8, data: new Uint8Array(784).fill(9) }));
  for (const { name, code } of examples) write(`${name}.ts`, code);
  write('tsconfig.json', JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'], exclude: [] }));
  write(
    'all.ts',
    runAllProgram(examples.map(({ name }) => name)),
  );
  write('prepare.ts', PREPARE);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const FEW = `
import { digits, take } from 'cvae-compile/data';
export const data = async () => {
  const { name, train, test } = await digits();
  return { name, train: take(train, 256), ...(test && { test: take(test, 64) }) };
};
`;
const PREPARE = `
import { exportModel } from 'cvae-compile/compiler';
import { train } from 'cvae-compile/train';
import model, { data } from './model.ts';
const { weights } = await train(model, data, { epochs: 1, engine: 'onnx' });
await exportModel(model, weights, { out: 'exported' });
await exportModel(model, weights, { out: 'trainable', training: true });
`;
describe('examples in docstrings', () => {
  it('are there for what a definition uses most', () => {
    const names = new Set(examples.map(({ name }) => name));
    expect(names.size).toBe(examples.length);
    for (const name of [...NEEDED.split(/\s+/)]) expect(names, name).toContain(name);
    expect(examples.filter(({ code }) => code === '')).toEqual([]);
  });

  it.runIf(IS_LONG)('type-check together', () => {
    const tsc = join(ROOT, 'node_modules', 'typescript-7', 'bin', 'tsc');
    expect(node(tsc, '--noEmit', '--singleThreaded')).toEqual({ status: 0, output: '' });
  });

  it('are formatted as the repository is', async () => {
    const { check } = await import('prettier');
    const options = { parser: 'typescript', printWidth: 120, singleQuote: true } as const;
    const formatted = await Promise.all(examples.map(({ code }) => check(code, options)));
    expect(examples.filter((_, i) => !formatted[i]).map(({ name }) => name)).toEqual([]);
  });

  it.runIf(IS_LONG)('run, and print what they say', () => {
    expect(node(jiti, 'prepare.ts')).toMatchObject({ status: 0 });
    const { status, output } = node(jiti, 'all.ts');
    expect(status, output).toBe(0);
    const results = parsePrinted(output);
    for (const { name, code } of examples) {
      expect(results[name]?.error, name).toBeUndefined();
      expect(results[name]?.printed.map(plain), name).toEqual(saidBy(code).map(plain));
    }
  }, 180_000);
});

const NEEDED = `cvae predictor network print dense conv2d convTranspose2d maxPool2d relu sigmoid softmax concat slice flatten reshape
add mul dropout batchNorm gaussian bernoulli categorical normal squaredError multiScale distribution continuous image digits mnist csv
imageFolder quadrants train evaluate elbo iwae linear adam objective compile exportModel open trainer testOp elementwise`;
