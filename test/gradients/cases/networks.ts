import type { OnnxBuilder, Value } from '../../../src/onnx/builder.ts';
import type { Attributes } from '../../../src/onnx/schema.ts';
import type { NETWORKS } from '../../../src/onnx/operators/table.ts';
import type { Case } from '../numeric.ts';

const none: Value = { name: '' };

const gemm = (name: string, inputs: readonly (readonly number[])[], attributes: Attributes<'Gemm'> = {}): Case => ({
  name,
  inputs,
  write: (onnx, a = none, b = none, c?: Value) => onnx.Gemm(a, b, c, attributes),
});

const matMul = (name: string, a: readonly number[], b: readonly number[]): Case => ({
  name,
  inputs: [a, b],
  write: (onnx, a = none, b = none) => onnx.MatMul(a, b),
});

const einsum = (equation: string, ...inputs: readonly (readonly number[])[]): Case => ({
  name: equation,
  inputs,
  write: (onnx, ...x) => onnx.Einsum(equation, ...x),
});

/** A reduction over all sorts of axes; `from` keeps maxima apart. */
const reduce = (
  write: (onnx: OnnxBuilder, x: Value, axes?: readonly number[], keepdims?: 0 | 1) => Value,
): readonly Case[] => [
  { name: 'over the last axis', inputs: [[-3, 4]], write: (onnx, x = none) => write(onnx, x, [-1], 0) },
  { name: 'over the batch', inputs: [[-3, 4]], write: (onnx, x = none) => write(onnx, x, [0], 0) },
  { name: 'over the batch, which stays', inputs: [[-3, 4]], write: (onnx, x = none) => write(onnx, x, [0], 1) },
  { name: 'over two axes', inputs: [[-2, 3, 4]], write: (onnx, x = none) => write(onnx, x, [2, 1], 0) },
  { name: 'over all', inputs: [[-2, 3]], write: (onnx, x = none) => write(onnx, x, undefined, 0) },
  { name: 'over an axis of length 1', inputs: [[-2, 1, 3]], write: (onnx, x = none) => write(onnx, x, [1], 0) },
  {
    name: 'of a batch between unknown lengths',
    inputs: [[-2, 3, 2]],
    write: (onnx, x = none) => write(onnx, onnx.Reshape(x, [-1, 2]), [0], 0),
  },
];

/** Matrix products, normalisation and reductions. */
export const networks: Readonly<
  Record<
    Exclude<keyof typeof NETWORKS, 'Conv' | 'ConvTranspose' | 'MaxPool' | 'AveragePool' | 'Resize' | 'GRU' | 'LSTM'>,
    readonly Case[] | 'flat' | 'opaque'
  >
> = {
  Gemm: [
    gemm('a dense layer', [[-3, 2], [2, 4], [4]]),
    gemm('a batch of 1', [[-1, 2], [2, 4], [4]]),
    gemm('without a shift', [
      [-3, 2],
      [2, 4],
    ]),
    gemm('A transposed', [[2, 3], [2, 4], [4]], { transA: 1 }),
    gemm(
      'B transposed',
      [
        [-3, 2],
        [4, 2],
        [1, 4],
      ],
      { transB: 1 },
    ),
    gemm(
      'both transposed, and scaled',
      [
        [2, 3],
        [4, 2],
        [3, 1],
      ],
      { transA: 1, transB: 1, alpha: 0.5, beta: 2 },
    ),
    gemm('a scalar for a shift', [[-3, 2], [2, 4], []]),
    { name: 'of itself', inputs: [[3, 3]], write: (onnx, x = none) => onnx.Gemm(x, x, undefined, { transB: 1 }) },
  ],
  MatMul: [
    matMul('matrices', [-3, 2], [2, 4]),
    matMul('a batch of matrices with one', [-3, 2, 2], [2, 4]),
    matMul('one with a batch of matrices', [3, 2], [-2, 2, 4]),
    matMul('batches, one of them of 1', [-2, 3, 2, 2], [1, 3, 2, 4]),
    matMul('a matrix and a vector', [-3, 2], [2]),
    matMul('a vector and a matrix', [2], [2, 3]),
    matMul('a vector and a batch', [2], [-3, 2, 4]),
    matMul('vectors', [3], [3]),
  ],
  GlobalAveragePool: [
    { name: 'of an image', inputs: [[-2, 3, 4, 2]], write: (onnx, x = none) => onnx.GlobalAveragePool(x) },
  ],
  Softmax: [
    { name: 'over the last axis', inputs: [[-3, 4]], write: (onnx, x = none) => onnx.Softmax(x) },
    { name: 'over channels', inputs: [[-2, 3, 2]], write: (onnx, x = none) => onnx.Softmax(x, { axis: 1 }) },
    { name: 'of one class', inputs: [[-3, 1]], write: (onnx, x = none) => onnx.Softmax(x, { axis: -1 }) },
  ],
  InstanceNormalization: [
    {
      name: 'of an image',
      inputs: [[-2, 3, 2, 2], [3], [3]],
      write: (onnx, x = none, s = none, b = none) => onnx.InstanceNormalization(x, s, b, { epsilon: 0.1 }),
    },
    {
      name: 'of a row',
      inputs: [[-2, 3, 4], [3], [3]],
      write: (onnx, x = none, s = none, b = none) => onnx.InstanceNormalization(x, s, b),
    },
  ],
  LayerNormalization: [
    {
      name: 'of a vector',
      inputs: [[-3, 5], [5], [5]],
      write: (onnx, x = none, s = none, b = none) => onnx.LayerNormalization(x, s, b),
    },
    {
      name: 'of an image',
      inputs: [[-2, 2, 2, 3], [3], [3]],
      write: (onnx, x = none, s = none, b = none) => onnx.LayerNormalization(x, s, b, { axis: -1, epsilon: 0.1 }),
    },
    {
      name: 'of two axes, without a shift',
      inputs: [
        [-2, 2, 3],
        [2, 3],
      ],
      write: (onnx, x = none, s = none) => onnx.LayerNormalization(x, s, undefined, { axis: 1 }),
    },
  ],
  BatchNormalization: [
    {
      name: 'of vectors',
      inputs: [[-3, 2], [2], [2], [2], [2]],
      from: [0.5, 2],
      write: (onnx, x = none, s = none, b = none, m = none, v = none) => onnx.BatchNormalization(x, s, b, m, v),
    },
    {
      name: 'of images',
      inputs: [[-2, 3, 2, 2], [3], [3], [3], [3]],
      from: [0.5, 2],
      write: (onnx, x = none, s = none, b = none, m = none, v = none) =>
        onnx.BatchNormalization(x, s, b, m, v, { epsilon: 0.1 }),
    },
    {
      name: 'with the statistics of its own batch',
      inputs: [[-4, 2], [2], [2]],
      write: (onnx, x = none, s = none, b = none) => {
        const mean = onnx.ReduceMean(x, [0], { keepdims: 0 });
        const centred = onnx.Sub(x, mean);
        const variance = onnx.ReduceMean(onnx.Mul(centred, centred), [0], { keepdims: 0 });
        return onnx.BatchNormalization(x, s, b, mean, variance);
      },
    },
  ],
  ReduceSum: reduce((onnx, x, axes, keepdims = 1) => onnx.ReduceSum(x, axes, { keepdims })),
  ReduceMean: reduce((onnx, x, axes, keepdims = 1) => onnx.ReduceMean(x, axes, { keepdims })),
  ReduceMax: reduce((onnx, x, axes, keepdims = 1) => onnx.ReduceMax(x, axes, { keepdims })),
  ReduceLogSumExp: reduce((onnx, x, axes, keepdims = 1) => onnx.ReduceLogSumExp(x, axes, { keepdims })),
  CumSum: [{}, { exclusive: 1 }, { reverse: 1 }, { exclusive: 1, reverse: 1 }].map((attributes) => ({
    name: JSON.stringify(attributes),
    inputs: [[-3, 4, 2]],
    write: (onnx: OnnxBuilder, x: Value = none) => onnx.CumSum(x, 1, attributes as Attributes<'CumSum'>),
  })),
  Einsum: [
    einsum('bqc,bkc->bqk', [-3, 4, 2], [-3, 5, 2]),
    einsum('ij,jk', [-3, 4], [4, 2]),
    einsum('ij->i', [-3, 4]),
    einsum('ijk,jl->l', [-3, 4, 2], [4, 3]),
    einsum('a,b,c->cab', [3], [4], [2]),
  ],
  ArgMax: 'flat',
};
