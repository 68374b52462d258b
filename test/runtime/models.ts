import { dense, matrix, type Recipe } from './write-model.ts';

/** A conditional VAE of six pixels: y = sigmoid([z, digit, size] · W), a prior that depends on the digit, a baseline. */
export const pixels: Recipe = {
  signature: {
    name: 'pixels',
    kind: 'cvae',
    conditions: {
      digit: { kind: 'categorical', shape: [3], dataShape: [], classes: ['one', 'two', 'three'] },
      size: { kind: 'continuous', shape: [1], dataShape: [1] },
    },
    target: { distribution: 'bernoulli', shape: [2, 3, 1], dataShape: [2, 3, 1], image: [2, 3, 1] },
    latent: 2,
  },
  parts: {
    decoder: {
      inputs: { z: [2], digit: [3], size: [1] },
      outputs: { y: [2, 3, 1] },
      write: (onnx, { z, digit, size }) => {
        if (!z || !digit || !size) throw new Error('an input is missing');
        const y = onnx.Sigmoid(dense(onnx, onnx.Concat([z, digit, size], { axis: 1 }), 6, 6));
        return { y: onnx.Reshape(y, [-1, 2, 3, 1]) };
      },
    },
    prior: {
      inputs: { digit: [3] },
      outputs: { mean: [2], logVar: [2] },
      unused: ['size'],
      write: (onnx, { digit }) => {
        if (!digit) throw new Error('an input is missing');
        return { mean: dense(onnx, digit, 3, 2, 2), logVar: dense(onnx, digit, 3, 2, -1) };
      },
    },
    baseline: {
      inputs: { size: [1] },
      outputs: { y: [2, 3, 1] },
      unused: ['digit'],
      write: (onnx, { size }) => {
        if (!size) throw new Error('an input is missing');
        return { y: onnx.Reshape(onnx.Sigmoid(dense(onnx, size, 1, 6)), [-1, 2, 3, 1]) };
      },
    },
  },
};

/** Five numbers with normal noise, whose variance is learned: e² for all. No prior network, an image as condition. */
export const table: Recipe = {
  signature: {
    name: 'table',
    kind: 'cvae',
    conditions: { x: { kind: 'image', shape: [2, 2, 1], dataShape: [2, 2, 1] } },
    target: { distribution: 'normal', shape: [5], dataShape: [5] },
    latent: 3,
  },
  parts: {
    decoder: {
      inputs: { z: [3], x: [2, 2, 1] },
      outputs: { y: [5], logVar: [5] },
      write: (onnx, { z, x }) => {
        if (!z || !x) throw new Error('an input is missing');
        const y = onnx.Add(dense(onnx, z, 3, 5), dense(onnx, onnx.Reshape(x, [-1, 4]), 4, 5));
        return { y, logVar: onnx.Add(onnx.Mul(y, 0), 4) };
      },
    },
  },
};

/** Two pixels of three classes each: the softmax of z · W, and of nothing else. */
export const segments: Recipe = {
  signature: {
    name: 'segments',
    kind: 'cvae',
    conditions: { kind: { kind: 'categorical', shape: [2], dataShape: [], classes: 2 } },
    target: { distribution: 'categorical', shape: [1, 2, 3], dataShape: [1, 2], classes: 3 },
    latent: 2,
  },
  parts: {
    decoder: {
      inputs: { z: [2], kind: [2] },
      outputs: { y: [1, 2, 3] },
      write: (onnx, { z, kind }) => {
        if (!z || !kind) throw new Error('an input is missing');
        const logits = onnx.Add(dense(onnx, z, 2, 6, 3), dense(onnx, kind, 2, 6, 0));
        return { y: onnx.Softmax(onnx.Reshape(logits, [-1, 1, 2, 3]), { axis: -1 }) };
      },
    },
  },
};

/** The paper's NN: x → four numbers, in the sense of least squares. */
export const guess: Recipe = {
  signature: {
    name: 'guess',
    kind: 'predictor',
    conditions: { x: { kind: 'continuous', shape: [3], dataShape: [3] } },
    target: { distribution: 'squaredError', shape: [4], dataShape: [4], image: [2, 2, 1] },
    latent: 0,
  },
  parts: {
    predictor: {
      inputs: { x: [3] },
      outputs: { y: [4] },
      write: (onnx, { x }) => {
        if (!x) throw new Error('an input is missing');
        return { y: dense(onnx, x, 3, 4) };
      },
    },
  },
};

/** `table`, but with a standard deviation that is fixed for each element. */
export const fixed: Recipe = {
  ...table,
  signature: { ...table.signature, target: { ...table.signature.target, sigma: Array.from(matrix(1, 5), Math.abs) } },
  parts: {
    decoder: {
      inputs: { z: [3], x: [2, 2, 1] },
      outputs: { y: [5] },
      write: (onnx, { z, x }) => {
        if (!z || !x) throw new Error('an input is missing');
        return { y: onnx.Add(dense(onnx, z, 3, 5), dense(onnx, onnx.Reshape(x, [-1, 4]), 4, 5)) };
      },
    },
  },
};
