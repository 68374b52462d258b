import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeIdx } from '../../src/data/idx.ts';
import { cli, SMALL, temporary } from './support/cli.ts';
import { chosen } from '../support/chosen.ts';

// What a user can do wrong: one sentence on standard error, exit code 1, nothing on standard output, nothing half-written.
const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);
const write = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

/** The sentence with which a command fails. */
const failure = async (...argv: readonly string[]): Promise<string> => {
  const { code, out, err } = await cli(...argv);
  expect({ code, out }, err).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^error: \S[^\n]*\n$/);
  return err.slice('error: '.length, -1);
};

let model: string;
let exported: string;
beforeAll(async () => {
  model = write('model.ts', SMALL);
  exported = at('exported');
  expect(await cli('train', model, '--out', at('run'), '--epochs', '1', '--engine', 'onnx')).toMatchObject({ code: 0 });
  expect(await cli('export', model, '--weights', at('run'), '--out', exported)).toMatchObject({ code: 0 });
});

describe('definitions', () => {
  test.each([
    ['train', ['--out', 'out']],
    ['export', ['--weights', 'run', '--out', 'out']],
    ['inspect', []],
  ])('%s: a wrong path, and a definition that throws', async (command, options) => {
    const given = options.map((word) => (word.startsWith('--') ? word : at(word)));
    const missing = at('nowhere', 'model.ts');
    expect(await failure(command, missing, ...given)).toBe(
      `${missing}: expected a definition, got no such file; correct the path`,
    );
    const path = write('throws.ts', `export const a = 1;\nthrow new RangeError('not today');`);
    expect(await failure(command, path, ...given)).toBe(
      `${path}:2:7: expected a definition that loads, got RangeError: not today; correct it there`,
    );
    expect(existsSync(at('out'))).toBe(false);
  });

  test('a double sigmoid is reported as by the library, with the place', async () => {
    const text = SMALL.replace('reshape(4, 4, 1))', 'reshape(4, 4, 1), sigmoid)').replace(
      'reshape }',
      'reshape, sigmoid }',
    );
    expect(await failure('inspect', write('double.ts', text))).toMatch(
      /^decoder\/sigmoid_1: expected log-odds for a bernoulli target, got a last sigmoid; .* \(.*double\.ts:4:\d+\)$/,
    );
  });
});

describe('weights', () => {
  const out = at('none');
  const fails = async (definition: string, weights: string) => {
    const sentence = await failure('export', definition, '--weights', weights, '--out', out);
    expect(existsSync(out)).toBe(false);
    return sentence;
  };

  test('of another model: each parameter that differs', async () => {
    const other = write('other.ts', SMALL.replaceAll('dense(8)', 'dense(9)'));
    const sentence = await fails(other, at('run'));
    expect(sentence).toContain('decoder/dense_1/kernel has shape [4, 8] instead of [4, 9]');
    expect(sentence).toContain('got weights that differ');
  });

  test('of a model with the same parameters that computes something else', async () => {
    const other = write('tanh.ts', SMALL.replaceAll('relu', 'tanh'));
    expect(await fails(other, at('run'))).toMatch(/expected weights of the model with fingerprint .* got those of /);
  });

  test('that are truncated', async () => {
    const path = at('cut.safetensors');
    copyFileSync(at('run', 'weights.safetensors'), path);
    truncateSync(path, 1000);
    expect(await fails(model, path)).toMatch(/^.*cut\.safetensors: expected .*truncated.*$/);
  });

  test('that are no weights, or not there', async () => {
    expect(await fails(model, model)).toMatch(/model\.ts: expected a safetensors file, got /);
    expect(await fails(model, at('nowhere'))).toMatch(/nowhere: expected weights, got no such file/);
  });
});

describe('data', () => {
  const out = at('unborn');
  const fails = async (name: string, data: string): Promise<string> => {
    const path = write(name, `${SMALL.replace('export const data', 'const given')}\n${data}`);
    const sentence = await failure('train', path, '--out', out, '--epochs', '1');
    expect(existsSync(out)).toBe(false);
    return sentence;
  };

  test('NaN', async () => {
    const data = `given.train[3]!.y[2] = NaN; export const data = given;`;
    expect(await fails('nan.ts', data)).toMatch(/^data: y of example 3 is NaN; /);
  });

  test('a label out of range, or of no class', async () => {
    const swap = (kind: string) =>
      `export const data = { train: given.train.map((e, i) => i === 5 ? { ...e, kind: ${kind} } : e) };`;
    expect(await fails('label.ts', swap('2'))).toMatch(/kind of example 5 .*2/);
    expect(await fails('class.ts', swap('"up"'))).toMatch(/kind of example 5 .*"up"/);
  });

  test('a variable that is missing', async () => {
    const data = `export const data = { y: given.train.map((e) => e.y) };`;
    expect(await fails('lacks.ts', data)).toMatch(/^data: expected a column kind, got y; /);
  });

  test('a corrupt IDX file', async () => {
    mkdirSync(at('idx'), { recursive: true });
    const images = encodeIdx([10, 4, 4], new Uint8Array(160));
    writeFileSync(at('idx', 'train-images-idx3-ubyte'), images.subarray(0, 100));
    writeFileSync(at('idx', 'train-labels-idx1-ubyte'), encodeIdx([10], new Uint8Array(10)));
    const data = `import { idxFolder } from 'cvae-compile/data';
      export const data = () => idxFolder(${JSON.stringify(at('idx'))}, { label: 'kind', classes: 2 });`;
    expect(await fails('idx.ts', data)).toMatch(/train-images-idx3-ubyte: expected 176 bytes .*, got 100, truncated/);
    writeFileSync(at('idx', 'train-images-idx3-ubyte'), 'GIF89a and more');
    expect(await fails('idx.ts', data)).toMatch(/expected an IDX file, got one that begins with 0x47494638/);
  });

  test('a promise of data that fails is reported by the command that uses them, and by no other', async () => {
    const data = `import { csv } from 'cvae-compile/data';
      export const data = csv('nowhere.csv', { target: 'y', condition: { kind: 'categorical' } });`;
    expect(await fails('promise.ts', data)).toMatch(/^nowhere\.csv: expected a CSV file, got no such file; /);
    expect(await cli('inspect', at('promise.ts'))).toMatchObject({ code: 0, err: '' });
  });

  test('a function of the definition that throws', async () => {
    const data = `export const data = () => { throw new Error('the disk is in the post'); };`;
    const path = write('post.ts', `${SMALL.replace('export const data', 'const given')}\n${data}`);
    expect(await failure('train', path, '--out', out)).toMatch(
      /^.*post\.ts:\d+:\d+: expected data, got the disk is in the post; correct it there$/,
    );
  });
});

describe('exported models', () => {
  /** A copy of the export, changed. */
  const changed = (name: string, change: (copy: string) => void): string => {
    cpSync(exported, at(name), { recursive: true });
    change(at(name));
    return at(name);
  };
  const sample = (path: string) => failure('sample', path, '--set', 'kind=0', '--out', at('no.png'));

  test('an ONNX file that is not ours', async () => {
    const path = at('foreign.onnx');
    // A model of the format's version 8 and nothing else: field 1, a number.
    writeFileSync(path, Uint8Array.of(0x08, 0x08));
    expect(await failure('inspect', path)).toMatch(
      /foreign\.onnx: expected an ONNX file of cvae-compile, got one without/,
    );
    const swapped = changed('swapped', (copy) => copyFileSync(path, join(copy, 'decoder.onnx')));
    expect(await sample(swapped)).toMatch(/decoder\.onnx: expected a file of \d+ bytes, as model\.json says, got 2/);
    writeFileSync(path, 'no ONNX at all');
    expect(await failure('inspect', path)).toMatch(/foreign\.onnx: expected an ONNX file/);
  });

  test('a file that is truncated, changed, or missing', async () => {
    const cut = changed('cut', (copy) => truncateSync(join(copy, 'decoder.onnx'), 100));
    expect(await sample(cut)).toMatch(/expected a file of \d+ bytes, .*got 100; export the model again/);
    expect(await failure('inspect', join(cut, 'decoder.onnx'))).toMatch(/decoder\.onnx: expected an ONNX file/);
    const flipped = changed('flipped', (copy) => {
      const bytes = readFileSync(join(copy, 'decoder.onnx'));
      bytes[400] = (bytes[400] ?? 0) ^ 1;
      writeFileSync(join(copy, 'decoder.onnx'), bytes);
    });
    expect(await sample(flipped)).toMatch(/expected a file of SHA-256/);
    const half = changed('half', (copy) => writeFileSync(join(copy, 'model.json'), '{ "format": 1'));
    expect(await sample(half)).toMatch(/model\.json: expected JSON that describes an exported model/);
    expect(await failure('inspect', half)).toMatch(/model\.json: expected JSON that describes an exported model/);
  });

  test('a folder that is not an export', async () => {
    expect(await sample(at('run'))).toMatch(
      /run: expected the folder of an exported model, got none with a model\.json/,
    );
    expect(await failure('inspect', at('run'))).toMatch(/expected an exported model, got no such file/);
  });
});

describe('places that cannot be written', () => {
  test('below a file', async () => {
    const file = write('file', 'mine');
    const below = join(file, 'sub');
    const out = ['--out', below];
    expect(await failure('train', model, ...out)).toMatch(
      /sub: expected a folder to write to, got a file where a folder/,
    );
    expect(await failure('export', model, '--weights', at('run'), ...out)).toMatch(
      /sub: expected a folder to write to/,
    );
    const picture = ['--out', join(below, 'a.png')];
    expect(await failure('sample', exported, '--set', 'kind=0', ...picture)).toMatch(
      /expected a path that can be written to, got a file/,
    );
    expect(await failure('init', below)).toMatch(
      /package\.json: expected a path that can be written to, got a file where a folder/,
    );
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test.runIf(process.platform === 'linux')('where the system allows none', async () => {
    expect(await failure('train', model, '--out', '/proc/run')).toMatch(/\/proc\/run: expected a folder to write to/);
  });

  // A disk of a few pages, which the kernel lets every user make for one process.
  const small = (kilobytes: number, command: string) => {
    const disk = at('disk');
    mkdirSync(disk, { recursive: true });
    const mount = `mount -t tmpfs -o size=${kilobytes}k tmpfs "${disk}"`;
    return spawnSync(
      'unshare',
      ['-rm', 'sh', '-c', `${mount} && { ${command}; echo "code $?"; find "${disk}" -type f; }`],
      {
        encoding: 'utf8',
      },
    );
  };
  const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
  const node = `"${process.execPath}" "${bin}"`;

  const fullDisks = [
    [
      'train',
      () => `train ${model} --out ${at('disk', 'run')}`,
      /run: expected a folder to write to, got a disk that is full/,
    ],
    [
      'export',
      () => `export ${model} --weights ${at('run')} --out ${at('disk', 'onnx')}`,
      /onnx: expected a folder to write to/,
    ],
    [
      'sample',
      () => `sample ${exported} --set kind=0 --count 4000 --out ${at('disk', 'samples.csv')}`,
      /samples\.csv: expected a path that can be written to, got a disk that is full/,
    ],
    ['init', () => `init ${at('disk', 'project')}`, /expected a path that can be written to, got a disk that is full/],
  ] as const;
  test.runIf(small(16, 'true').status === 0).each(chosen('full disks', fullDisks, 2))(
    'a disk that is full: %s',
    (_, command, sentence) => {
      const { stdout, stderr } = small(4, `${node} ${command()}`);
      // On a busy machine, its progress as well.
      expect(stderr).toMatch(/^([^\n]*float64, \d+ %\n)*error: [^\n]*\n$/);
      expect(stderr).toMatch(sentence);
      expect(stdout).toBe('code 1\n');
    },
  );
});

test('an error that is not a user’s mistake keeps its stack', async () => {
  const odd = "() => { throw new Error('odd'); }";
  const path = write(
    'engine.ts',
    `${SMALL}\nconst odd = ${odd};\nexport const training = { engine: { name: 'odd', version: '0', load: odd, evaluate: odd, compute: odd } };`,
  );
  const { code, err } = await cli('train', path, '--out', at('odd'));
  expect(code).toBe(1);
  expect(err).toMatch(/error: a defect of cvae-compile:\nError: odd\n {4}at /);
  expect(readdirSync(folder)).not.toContain('odd');
});
