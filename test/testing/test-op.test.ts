import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { elementwise, relu, type Op } from 'cvae-compile';
import { testLayer, testOp } from 'cvae-compile/testing';
import { op as swish } from '../../examples/custom-op/swish.ts';

test("examples/custom-op's own op is one function everywhere", async () => {
  const reports = await testOp(swish, [
    { inputs: [[5]], attrs: {}, shape: [5] },
    { inputs: [[4, 3, 2]], attrs: {}, shape: [4, 3, 2] },
    { inputs: [{ shape: [5], lead: 4 }], attrs: {} },
  ]);
  for (const { largest, engines } of reports) {
    expect(largest).toBeLessThan(1e-5);
    expect(engines).toEqual(expect.arrayContaining(['onnxruntime-node', 'onnxruntime-node after the passes']));
    expect(engines.some((engine) => engine.startsWith('tfjs'))).toBe(true);
  }
});

test('the README of examples/custom-op tests it as is done here', () => {
  const readme = readFileSync(new URL('../../examples/custom-op/README.md', import.meta.url), 'utf8');
  expect(readme).toContain("import { testOp } from 'cvae-compile/testing';");
  expect(readme).toContain('{ inputs: [[4, 3, 2]], attrs: {}, shape: [4, 3, 2] },');
});

/** An op that is right, to be made wrong in one thing. */
const right: Op<{ factor: number }, 'bias'> = {
  name: 'affine',
  shape: ([x]) => x,
  params: ([x]) => ({ bias: { shape: x.slice(-1), init: (shape) => new Float32Array(shape[0] ?? 0).fill(0.5) } }),
  run: (tf, [x], { factor }, { bias }) => tf.add(tf.mul(x, factor), bias),
  lower: (onnx, [x], { factor }, { bias }) => onnx.Add(onnx.Mul(x, factor), bias),
};

const wrong: Record<string, readonly [Partial<typeof right>, RegExp]> = {
  'another function in ONNX': [
    { lower: (onnx, [x], { factor }, { bias }) => onnx.Sub(onnx.Mul(x, factor), bias) },
    /^affine of \[3\] at batch 1: tfjs\S* gives output as \S+ at \[0, 0\], and the reference \S+: \S+ apart, more than 0\.00001$/,
  ],
  'another function in TensorFlow.js, of one element': [
    { run: (tf, [x], { factor }, { bias }) => tf.add(tf.mul(x, factor), tf.mul(bias, [1, 1, 1.001])) },
    /at batch 1: tfjs\S* gives output as \S+ at \[0, 2\]/,
  ],
  'a function that mixes examples': [
    {
      run: (tf, [x], { factor }, { bias }) => tf.add(tf.mul(tf.reverse(x, 0), factor), bias),
    },
    /at batch 3: tfjs\S* gives output/,
  ],
  'a function of the whole batch, in every engine': [
    {
      run: (tf, [x]) => tf.sub(x, tf.mean(x, 0)),
      lower: (onnx, [x]) => onnx.Sub(x, onnx.ReduceMean(x, [0], { keepdims: 0 })),
    },
    /^affine of \[3\] at batch 3: an example alone gives output as -?0 at \[0, 0\], and one row of a batch \S+: \S+ apart/,
  ],
  'a shape that it does not compute': [
    { shape: ([x]) => [...x, 1] },
    /^affine of \[3\]: layer: expected its output output to be float32\[N, 3, 1\], got float32\[N, 3\];/,
  ],
  'a lead that it does not have': [
    {
      lead: ([lead]) => 2 * lead,
      run: (tf, [x]) => tf.reshape(x, [-1, 3]),
      lower: (onnx, [x]) => onnx.Reshape(x, [-1, 3]),
    },
    /^affine of \[3\]: layer: expected its output output to be float32\[2\*N, 3\], got float32\[N, 3\];/,
  ],
  'a mistake in how TensorFlow.js is called': [
    { run: (tf, [x], _, { bias }) => tf.matMul(x, bias) },
    /^affine of \[3\]: \S/,
  ],
  'a gradient that is not its slope': [
    {
      run: (tf, [x], { factor }, { bias }) => {
        const value = tf.add(tf.mul(x, factor), bias);
        const stopped = tf.customGrad((v) => ({ value: tf.clone(v as typeof value), gradFunc: (dy) => tf.mul(dy, 2) }));
        return stopped(value);
      },
    },
    /^affine of \[3\], gradient: tfjs\S* gives x0 as \S+ at \[0, 0\], and the slope \S+: \S+ apart, more than 0\.0001$/,
  ],
  'a gradient that ONNX does not have': [
    { lower: (onnx, [x], { factor }, { bias }) => onnx.stopGradient(onnx.Add(onnx.Mul(x, factor), bias)) },
    /, gradient: the ONNX gradient gives x0 as 0 at/,
  ],
};

test.each(Object.entries(wrong))('%s is found, and reported with its place', async (_, [change, message]) => {
  const cases = [{ inputs: [[3]], attrs: { factor: 1.5 } }];
  await expect(testOp({ ...right, ...change }, cases)).rejects.toThrow(message);
});

test('the op that those are made of is right', async () => {
  await testOp(right, [{ inputs: [[3]], attrs: { factor: 1.5 }, shape: [3] }]);
});

test('a shape other than the expected one is reported', async () => {
  const given = { inputs: [[3]], attrs: { factor: 1 }, shape: [4] };
  await expect(testOp(right, [given])).rejects.toThrow('affine of [3]: output is of shape [3], expected [4]');
});

test('no cases are no test', async () => {
  await expect(testOp(right, [])).rejects.toThrow('affine: no cases to try it in');
});

test('a layer of several outputs is tried in each', async () => {
  const off = elementwise(
    'off',
    (tf, [x]) => tf.mul(x, 1.01),
    (onnx, [x]) => onnx.Mul(x, 1),
  );
  const layer = (x: Parameters<typeof relu>[0] = never()) => ({ good: relu(x), bad: off(x) });
  await expect(testLayer('two', layer, { inputs: [[3]] })).rejects.toThrow(/gives bad as/);
});

const never = (): never => {
  throw new Error('no input');
};
