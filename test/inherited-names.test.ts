import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, continuous, cvae, dense, gaussian, heads, normal } from 'cvae-compile';
import { adapted, open, trainer } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import { batch } from '../src/data/batches.ts';
import { scalingOf } from '../src/data/scaling.ts';
import { cli, temporary } from './cli/support/cli.ts';

// Names that every object inherits: as conditions, networks, classes and columns they are names as any other.

const DEFINITION = `
import { categorical, concat, continuous, cvae, dense, gaussian, gaussianNoise, network, normal } from 'cvae-compile';
import { csv } from 'cvae-compile/data';
import { elbo, withNoise } from 'cvae-compile/train';

const valueOf = continuous(1);
const toString = categorical('a', 'constructor', '__proto__');
const constructor = continuous(1);
const isPrototypeOf = network('isPrototypeOf', { valueOf }, ({ valueOf }) => valueOf.pipe(dense(2)));

export default cvae({
  condition: { valueOf, toString, constructor },
  target: normal(2),
  latent: 1,
  baseline: isPrototypeOf,
  prior: ({ valueOf, toString, constructor }) => concat(valueOf, toString, constructor).pipe(gaussian(1)),
  recognition: ({ valueOf, toString, y }) => concat(valueOf, toString, y).pipe(gaussian(1)),
  decoder: ({ valueOf, toString, z }) => concat(valueOf, toString, z).pipe(dense(2)),
});

export const data = csv(new URL('data.csv', import.meta.url).pathname, {
  condition: { valueOf: 'continuous', toString: 'categorical', constructor: 'continuous' },
  target: ['__proto__', 'hasOwnProperty'],
  test: 0.2,
  units: { ['__proto__']: 'm' },
});

// A layer for each that is called so, and none for the others.
export const training = { objective: withNoise(elbo(), { valueOf: gaussianNoise(0.1) }) };
`;

const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);
const CLASSES = ['a', 'constructor', '__proto__'];

beforeAll(() => {
  writeFileSync(at('model.ts'), DEFINITION);
  const lines = Array.from({ length: 60 }, (_, i) =>
    [Math.sin(i), CLASSES[i % 3], 1000 + i, i / 60, Math.cos(i)].join(','),
  );
  writeFileSync(at('data.csv'), ['valueOf,toString,constructor,__proto__,hasOwnProperty', ...lines, ''].join('\n'));
});

/** Names that were looked up in an object that lacks them, and so were found in Object.prototype. */
const inherited: string[] = [];
const PROBE = 'probed';
const ROOT: object = Object.getPrototypeOf({});
afterAll(() => Reflect.deleteProperty(ROOT, PROBE));

it('several targets of such names, some with masks, train', async () => {
  const targets = { constructor: normal(1, { mask: true }), toString: normal(1), valueOf: categorical(2) };
  const model = cvae({
    condition: {},
    target: targets,
    latent: 1,
    recognition: ({ y, mask }) => concat(y.constructor, y.toString, mask.constructor).pipe(gaussian(1)),
    decoder: ({ z }) => z.pipe(heads(targets)),
  });
  const rows = Array.from({ length: 20 }, (_, i) => ({ constructor: i % 5 === 0 ? null : [i], toString: [-i], valueOf: i % 2 })); // prettier-ignore
  const { epochs } = await train(model, rows, { epochs: 1, engine: 'onnx' });
  expect(epochs).toHaveLength(1);
});

describe('a model of such names', () => {
  it.each(['onnx', 'tfjs'])('trains, resumes, and is evaluated (%s)', async (engine) => {
    const run = at(engine);
    for (const more of [
      ['--epochs', '2'],
      ['--epochs', '3', '--resume'],
    ]) {
      const { code, err } = await cli('train', at('model.ts'), '--out', run, '--engine', engine, ...more);
      expect(code, err).toBe(0);
      expect(err).not.toContain('warning');
    }
    const { code, out, err } = await cli('evaluate', at('model.ts'), '--weights', run, '--samples', '5', '--json');
    expect(code, err).toBe(0);
    expect(JSON.parse(out).negativeElbo).toBeTypeOf('number');
    expect((await cli('report', run)).code).toBe(0);
  });

  it('is exported with all that an export can have, verified, shown and used', async () => {
    const out = at('exported');
    const flags = ['--evaluation', '5', '--training', '--package', '--license', 'MIT', '--recognition', '--sampler'];
    const exported = await cli('export', at('model.ts'), '--weights', at('onnx'), '--out', out, ...flags);
    expect(exported.code, exported.err).toBe(0);
    expect((await cli('verify', out)).code).toBe(0);
    const manifest = JSON.parse(readFileSync(join(out, 'model.json'), 'utf8'));
    expect(Object.keys(manifest.conditions)).toEqual(['valueOf', 'toString', 'constructor']);
    expect(manifest.conditions.constructor.scaling.mean[0]).toBeGreaterThan(900);
    expect(manifest.target.names).toEqual(['__proto__', 'hasOwnProperty']);
    expect(manifest.files.decoder.unused).toEqual(['constructor']);

    const drawn = await cli(
      'sample',
      out,
      '--set',
      'valueOf=0.5',
      '--set',
      'toString=all',
      '--set',
      'constructor=1',
      '--seed',
      '1',
    );
    expect(drawn.code, drawn.err).toBe(0);
    const lines = drawn.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => line.toString)).toEqual(CLASSES);
    expect(Object.keys(lines[0].values)).toEqual(['__proto__', 'hasOwnProperty']);

    const given = { valueOf: 0.5, toString: '__proto__', constructor: 1 };
    const model = await open(out);
    const { data } = await model.sample(given, { seed: 1 });
    expect(lines[2].y[0]).toBeCloseTo(data[0] ?? NaN, 5);
    expect((await model.selfTest()).passed).toBe(true);
    await expect(model.sample({ valueOf: 0.5, toString: 'a' })).rejects.toThrow(
      'constructor: expected a number, got nothing; give it',
    );
    await expect(model.sample({ ...given, hasOwnProperty: 1 })).rejects.toThrow('expected conditions of this model');
    await model.close();

    const training = await trainer(out);
    const y = [0.1, 0.2, 0.3, 0.4];
    const step = await training.step({ valueOf: [0, 1], toString: ['constructor', 'a'], constructor: 2, y });
    expect(step['loss']).toBeTypeOf('number');
    // Those of a baseline by itself are among them.
    expect((await adapted(out, await training.weights())).size).toBeGreaterThan(3);
    await training.close();
  });

  it('is scaled, batched and refused by what data have, not by what objects inherit', async () => {
    const column = { shape: [1], data: Float32Array.of(1, 2, 3), scale: 1 };
    const constructor = { kind: 'continuous', shape: [1], dataShape: [1] } as const;
    const examples = { count: 3, columns: { constructor: column } };
    expect(scalingOf({ constructor: { ...constructor, scalable: true } }, examples)).toEqual({
      constructor: { mean: [2], deviation: [expect.closeTo(0.816, 2)] },
    });
    const before = Object.keys(Object);
    expect(batch(examples, [1], { constructor })).toEqual({ constructor: Float32Array.of(2) });
    expect(Object.keys(Object)).toEqual(before);
    const model = cvae({
      condition: { constructor: continuous(1), kind: categorical(2) },
      target: bernoulli(2),
      latent: 1,
      recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
      decoder: ({ z, kind, constructor }) => concat(z, kind, constructor).pipe(dense(2)),
    });
    for (const lacking of [[{ kind: 1, y: [0, 1] }], { kind: [1], y: [[0, 1]] }])
      await expect(train(model, lacking)).rejects.toThrow(/^data: expected .*constructor.*; /);
    await expect(train(model, [{ constructor: 1, kind: 1, y: [0, 1], toString: 'x' }])).rejects.toThrow(
      'got also toString, which the model does not take',
    );
  });

  it('is not looked up in a prototype anywhere on the way', async () => {
    const definition = DEFINITION.replaceAll('valueOf', PROBE);
    writeFileSync(at('probed.ts'), definition.replace('data.csv', 'probed.csv'));
    writeFileSync(at('probed.csv'), readFileSync(at('data.csv'), 'utf8').replace('valueOf', PROBE));
    Object.defineProperty(ROOT, PROBE, {
      configurable: true,
      get() {
        const [, , caller = ''] = (new Error('looked up').stack ?? '').split('\n');
        if (/[\\/](src|dist)[\\/]/.test(caller)) inherited.push(caller.trim());
        return undefined;
      },
      set(this: object, value: unknown) {
        Object.defineProperty(this, PROBE, { value, writable: true, enumerable: true, configurable: true });
      },
    });
    const run = at('probed');
    const out = at('probed-exported');
    for (const words of [
      ['train', at('probed.ts'), '--out', run, '--epochs', '2', '--engine', 'onnx'],
      ['evaluate', at('probed.ts'), '--weights', run, '--samples', '3'],
      [
        'export',
        at('probed.ts'),
        '--weights',
        run,
        '--out',
        out,
        '--evaluation',
        '3',
        '--training',
        '--package',
        '--license',
        'MIT',
      ],
      ['verify', out],
      ['sample', out, '--set', `${PROBE}=1`, '--set', 'toString=a', '--set', 'constructor=1'],
    ]) {
      const { code, err } = await cli(...words);
      expect(code, err).toBe(0);
    }
    expect(inherited).toEqual([]);
  });
});
