import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { load } from '../../src/cli/load.ts';
import { add, dense } from '../../src/index.ts';
import { digits } from '../../src/data/digits.ts';
import { SMALL, temporary } from './support/cli.ts';

const folder = temporary();
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const PLAIN = `
import { bernoulli, continuous, dense, predictor } from 'cvae-compile';
export default predictor({ condition: { x: continuous(3) }, target: bernoulli(2), network: ({ x }) => x.pipe(dense(2)) });
`;

test.each(['model.ts', 'model.mts', 'model.js', 'model.mjs'])('%s is read without a build step', async (name) => {
  const { model } = await load(write(`kinds/${name}`, PLAIN));
  expect(model['~kind']).toBe('predictor');
});

test('a definition may be in a project of CommonJS, as npm init writes it', async () => {
  write('commonjs/package.json', '{ "type": "commonjs" }');
  const { model } = await load(write('commonjs/model.ts', PLAIN));
  expect(model.latent).toBe(0);
});

test('TypeScript’s own syntax, other files, and packages are understood', async () => {
  write('parts/width.ts', `export enum Width { Small = 3 }\nexport type Unused = string;`);
  const path = write(
    'parts/model.ts',
    `import { bernoulli, continuous, dense, predictor } from 'cvae-compile';
     import { join } from 'node:path';
     import { Width } from './width';
     const units = await Promise.resolve(Width.Small as number);
     export default predictor({
       condition: { x: continuous(units) }, target: bernoulli(2), network: ({ x }) => x.pipe(dense(2)),
     });
     export const training = { epochs: join('a', 'b').length };`,
  );
  const { model, training } = await load(path);
  expect(model.condition['x']?.shape).toEqual([3]);
  expect(training).toEqual({ epochs: 3 });
});

test('what it imports is this very package, also where none is installed next to it', async () => {
  const path = write(
    'same/model.ts',
    `${PLAIN}
     import { add } from 'cvae-compile';
     import { digits } from 'cvae-compile/data';
     export const data = digits;
     export const training = { objective: { compute: add, body: dense } };`,
  );
  const { data, training } = await load(path);
  expect(data).toBe(digits);
  expect(training.objective).toEqual({ compute: add, body: dense });
});

test('a file that has changed is read again', async () => {
  const of = (latent: number) =>
    SMALL.replace('latent: 2', `latent: ${latent}`).replaceAll('gaussian(2)', `gaussian(${latent})`);
  expect((await load(write('again/model.ts', of(2)))).model.latent).toBe(2);
  expect((await load(write('again/model.ts', of(3)))).model.latent).toBe(3);
});

test('a model is named after its file, or after its folder if the file is called model', async () => {
  expect((await load(write('weather/model.ts', PLAIN))).name).toBe('weather');
  expect((await load(write('weather/rain.ts', PLAIN))).name).toBe('rain');
});

test.each<readonly [string, string, string | undefined, string]>([
  ['a missing file', 'missing.ts', undefined, 'expected a definition, got no such file'],
  ['a file of another kind', 'model.json', '{}', 'got a .json file'],
  ['no default export', 'none.ts', 'export const model = 1;', 'expected a model as the default export, got none'],
  ['another default export', 'other.ts', 'export default 7;', 'got 7'],
  ['options of the wrong type', 'type.ts', `${PLAIN} export const training = 3;`, 'expected training to be options'],
  [
    'an unknown option',
    'option.ts',
    `${PLAIN} export const training = { epoch: 3 };`,
    'got epoch; did you mean epochs?',
  ],
])('%s is one sentence', async (_, name, text, sentence) => {
  const path = text === undefined ? join(folder, name) : write(name, text);
  await expect(load(path)).rejects.toThrow(sentence);
  await expect(load(path)).rejects.toThrow(path);
});

test('a folder is refused, with what to do', async () => {
  await expect(load(folder)).rejects.toThrow('got a folder; name the file in it');
});

test.each<readonly [string, string, RegExp]>([
  ['throws', `const one = 1;\n\nthrow new Error('out of luck');`, /:3:7: .*got out of luck/],
  ['throws something else', `throw 'luck';`, /got a thrown "luck"/],
  ['uses what is not there', `\nconst x: any = undefined;\nx.pipe();`, /:3:3: .*got TypeError: /],
  ['cannot be parsed', `\nconst = 3;`, /:2:\d+: .*got ParseError: /],
  ['imports what is not installed', `import 'no-such-package';`, /got Cannot find module 'no-such-package'/],
])('a definition that %s is reported with the place', async (name, text, sentence) => {
  const path = write(`throws/${name.replaceAll(' ', '-')}.ts`, text);
  await expect(load(path)).rejects.toMatchObject({ name: 'InvalidModel', message: expect.stringMatching(sentence) });
  await expect(load(path)).rejects.toThrow(path);
});

test('a place is the one in the file, wherever imports and types stand', async () => {
  const text = SMALL.replace('dense(16)', 'dense(15)');
  const [first = '', ...rest] = text.split('\n');
  // Below the layers that it uses come others, and between them a type; what is imported is longer where it is called.
  const whole = [`interface Sizes {`, `  readonly of: number;`, `}`, ...rest, first].join('\n');
  const line = whole.split('\n').findIndex((one) => one.includes('reshape(4, 4, 1)'));
  const column = whole.split('\n')[line]?.indexOf('pipe(') ?? -1;
  const path = write('places.ts', whole);
  await expect(load(path)).rejects.toThrow(`places.ts:${line + 1}:${column + 1})`);
});

test('a place is found below more frames of the package than stacks usually have', async () => {
  const usual = Error.stackTraceLimit;
  const path = write('deep.ts', SMALL.replace('dense(16)', 'dense(15)'));
  Error.stackTraceLimit = 1;
  try {
    await expect(load(path)).rejects.toThrow(/deep\.ts:10:\d+\)$/);
    expect(Error.stackTraceLimit).toBe(1);
  } finally {
    Error.stackTraceLimit = usual;
  }
});

test('an error in a file that the definition imports names that file', async () => {
  write('deep/inner.ts', `export const f = () => {\n  throw new Error('deep');\n};`);
  const path = write('deep/model.ts', `import { f } from './inner.ts';\nexport default f();`);
  await expect(load(path)).rejects.toThrow(/inner\.ts:2:9: .*got deep/);
});

test('a wrong shape is reported in its own words, with the place', async () => {
  const path = write('shapes.ts', SMALL.replace('dense(16)', 'dense(15)'));
  await expect(load(path)).rejects.toMatchObject({
    name: 'ShapeMismatch',
    message: expect.stringMatching(/^decoder\/reshape_1: .*15.*\(.*shapes\.ts:10:\d+\)$/),
  });
});

test('every door of the package can be imported', async () => {
  const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const doors = Object.keys(exports).filter((door) => door !== './package.json');
  expect(doors).toContain('./data');
  const imports = doors.map((door, i) => `import * as door${i} from 'cvae-compile${door.slice(1)}';`);
  const names = doors.map((_, i) => `Object.keys(door${i}).length`);
  const path = write('doors.ts', `${imports.join('\n')}\n${PLAIN}\nexport const data = { y: [${names.join(', ')}] };`);
  const { data } = await load(path);
  expect(data).toEqual({ y: doors.map(() => expect.any(Number)) });
  expect(data).not.toEqual({ y: expect.arrayContaining([0]) });
});
