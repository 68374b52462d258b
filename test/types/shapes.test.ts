import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stream, uniform } from '../../src/random.ts';
import { compile, QUICK, ROOT } from './tsc.ts';
import { IS_LONG } from '../support/chosen.ts';

const PATIENCE = 240_000;
const folder = mkdtempSync(join(tmpdir(), 'cvae-types-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(QUICK)(
  '%s infers the shapes of test/types, and accepts the examples',
  async (compiler) => {
    const { errors, instantiations } = await compile(compiler, 'test/types');
    expect(errors).toEqual([]);
    // A third of this is the library's own.
    expect(instantiations).toBeLessThan(460_000);
  },
  PATIENCE,
);

/** A project of one file, outside the repository. */
const project = (name: string, source: string, more: object = {}): string => {
  writeFileSync(join(folder, `${name}.mts`), source);
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: { types: [], ...more },
    files: [`${name}.mts`],
    include: [],
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  return join(folder, `${name}.json`);
};

test.each(QUICK)(
  '%s writes declarations of what users make of the package, by names that it exports',
  async (compiler) => {
    // As it is installed: types come from dist, which was built before the tests.
    const installed = join(folder, 'node_modules');
    mkdirSync(installed, { recursive: true });
    if (!existsSync(join(installed, 'cvae-compile'))) symlinkSync(ROOT, join(installed, 'cvae-compile'), 'junction');
    const source = readFileSync(join(ROOT, 'test/types/exported.ts'), 'utf8');
    const { errors } = await compile(compiler, project('exported', source, { declaration: true, paths: {} }));
    expect(errors).toEqual([]);
  },
  PATIENCE,
);

test.runIf(IS_LONG)(
  'the types of a model cost little to check',
  async () => {
    // The doors that the examples go through are there in each, so that only the models make the difference.
    const doors = ['src/index.ts', 'src/data/index.ts', 'src/train/index.ts'];
    const cost = async (name: string, ...models: string[]): Promise<number> => {
      const source = [...doors, ...models].map((path) => `import '${join(ROOT, path)}';`);
      return (await compile('typescript-7', project(name, source.join('\n')))).instantiations;
    };
    const library = await cost('library');
    expect((await cost('digits', 'examples/digits/model.ts')) - library).toBeLessThan(4_000);
    expect((await cost('completion', 'examples/completion/model.ts')) - library).toBeLessThan(25_000);
  },
  PATIENCE,
);

/** Pairs of whole numbers from 0: small ones, ones about a power of ten, and ones as large as shapes get. */
function* pairs(count: number): Generator<readonly [number, number]> {
  const key = stream(1, 'arithmetic');
  const draw = (i: number, below: number) => Math.floor(uniform(key, i) * below);
  const edges = [0, 1, 2, 9, 10, 99, 101, 1000];
  for (const a of edges) for (const b of edges) yield [a, b];
  for (let i = 0; i < count; i++) {
    const digits = 10 ** (1 + draw(4 * i, 6));
    yield [draw(4 * i + 1, digits), draw(4 * i + 2, 10 ** (1 + draw(4 * i + 3, 6)))];
  }
}

test.each(QUICK)(
  '%s adds, subtracts, multiplies and divides literal dimensions as numbers do',
  async (compiler) => {
    const cases = [...pairs(60)];
    const lines = cases.flatMap(([a, b]) => [
      `same<Add<${a}, ${b}>, ${a + b}>();`,
      `same<Sub<${a}, ${b}>, ${a < b ? 'never' : a - b}>();`,
      `same<Mul<${a}, ${b}>, ${a * b}>();`,
      `same<HalfUp<${a}>, ${Math.ceil(a / 2)}>();`,
      `same<HalfDown<${b}>, ${Math.floor(b / 2)}>();`,
      `same<Div<${a}, ${b}>, ${b === 0 ? 'never' : Math.floor(a / b)}>();`,
      `same<Mod<${a}, ${b}>, ${b === 0 ? 'never' : a % b}>();`,
      `same<CeilDiv<${a}, ${1 + (b % 16)}>, ${Math.ceil(a / (1 + (b % 16)))}>();`,
      `same<Product<[${a}, 3, ${b}]>, ${a * 3 * b}>();`,
    ]);
    const source = [
      `import type { Add, CeilDiv, Div, HalfDown, HalfUp, Mod, Mul, Product, Sub } from '${ROOT}src/shape/arithmetic.ts';`,
      `import { same } from '${ROOT}test/types/same.ts';`,
      ...lines,
      'same<Add<number, 3>, number>();',
      'same<Mul<3, number>, number>();',
      'same<Div<number, 3>, number>();',
      'same<CeilDiv<7, number>, number>();',
      'same<Product<readonly number[]>, number>();',
      'same<Product<[]>, 1>();',
    ].join('\n');
    const { errors, instantiations } = await compile(compiler, project(`arithmetic-${compiler}`, source));
    expect(errors).toEqual([]);
    expect(instantiations / lines.length).toBeLessThan(2_000);
  },
  PATIENCE,
);
