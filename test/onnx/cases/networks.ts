import type { Attributes } from '../../../src/onnx/schema.ts';
import type { NETWORKS } from '../../../src/onnx/operators/table.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import type { OnnxBuilder, Reduction, Value } from '../../../src/onnx/builder.ts';
import { noise } from '../ort.ts';
import { at, type Case } from './case.ts';
import { recurrentCases } from './recurrent.ts';

const gemm = (
  a: readonly number[],
  b: readonly number[],
  c?: readonly number[],
  attributes: Attributes<'Gemm'> = {},
): Case => ({
  of: JSON.stringify(attributes),
  inputs: [noise(a), noise(b, 2), ...(c ? [noise(c, 3)] : [])],
  build: (onnx, ...x) => onnx.Gemm(at(x, 0), at(x, 1), x[2], attributes),
});

const matMul = (a: readonly number[], b: readonly number[]): Case => ({
  inputs: [noise(a), noise(b, 2)],
  build: (onnx, ...x) => onnx.MatMul(at(x, 0), at(x, 1)),
});

const convolution = (
  op: 'Conv' | 'ConvTranspose',
  x: readonly number[],
  w: readonly number[],
  attributes: Attributes<'Conv'> & Attributes<'ConvTranspose'>,
  bias = 0,
): Case => ({
  of: JSON.stringify(attributes),
  inputs: [noise(x), noise(w, 2), ...(bias ? [noise([bias], 3)] : [])],
  build: (onnx, ...v) => onnx[op](at(v, 0), at(v, 1), v[2], attributes),
});

const pool = (
  op: 'MaxPool' | 'AveragePool',
  x: readonly number[],
  attributes: Attributes<'AveragePool'>,
  opset = 18,
): Case => ({
  of: JSON.stringify(attributes),
  inputs: [noise(x)],
  build: (onnx, ...v) => onnx[op](at(v, 0), attributes),
  opset,
});

const resize = (
  x: readonly number[],
  to: { readonly scales: readonly number[] } | { readonly sizes: readonly number[] },
  attributes: Attributes<'Resize'>,
): Case => ({
  of: JSON.stringify({ ...to, ...attributes }),
  inputs: [noise(x)],
  build: (onnx, ...v) => onnx.Resize(at(v, 0), to, attributes),
});

const einsum = (equation: string, shapes: readonly (readonly number[])[]): Case => ({
  of: equation,
  inputs: shapes.map((shape, i) => noise(shape, i + 1)),
  build: (onnx, ...x) => onnx.Einsum(equation, ...x),
});

type Reduce = (onnx: OnnxBuilder) => (x: Value, axes?: readonly number[], reduction?: Reduction) => Value;

const reduce = (f: Reduce): readonly Case[] =>
  [13, 18, 21].flatMap((opset): Case[] => [
    { of: `opset ${opset}, all axes`, opset, inputs: [noise([3, 4])], build: (onnx, ...x) => f(onnx)(at(x, 0)) },
    {
      of: `opset ${opset}, all axes dropped`,
      opset,
      inputs: [noise([3, 4])],
      build: (onnx, ...x) => f(onnx)(at(x, 0), undefined, { keepdims: 0 }),
    },
    { of: `opset ${opset}, the last`, opset, inputs: [noise([3, 4])], build: (onnx, ...x) => f(onnx)(at(x, 0), [-1]) },
    {
      of: `opset ${opset}, two, dropped`,
      opset,
      inputs: [noise([3, 2, 4, 5])],
      build: (onnx, ...x) => f(onnx)(at(x, 0), [1, -1], { keepdims: 0 }),
    },
    {
      of: `opset ${opset}, of length 1`,
      opset,
      inputs: [noise([3, 1, 4])],
      build: (onnx, ...x) => f(onnx)(at(x, 0), [1]),
    },
  ]);

const normalized = [3, 4, 5, 2];

/** Cases for matrix products, convolutions, pooling, normalisation and reductions. */
export const NETWORKS_CASES: Readonly<Record<keyof typeof NETWORKS, readonly Case[]>> = {
  Gemm: [
    gemm([3, 4], [4, 5]),
    gemm([3, 4], [4, 5], [5]),
    gemm([3, 4], [4, 5], [3, 1], { alpha: 0.5, beta: 2 }),
    gemm([4, 2], [4, 5], [2, 5], { transA: 1 }),
    gemm([3, 4], [5, 4], [1, 5], { transB: 1 }),
    gemm([4, 3], [5, 4], [], { transA: 1, transB: 1, alpha: -1 }),
    gemm([1, 1], [1, 1], [1]),
  ],
  MatMul: [
    matMul([3, 4], [4, 5]),
    matMul([2, 3, 4], [4, 5]),
    matMul([3, 4], [2, 4, 5]),
    matMul([2, 1, 3, 4], [5, 4, 2]),
    matMul([4], [4, 5]),
    matMul([3, 4], [4]),
    matMul([4], [4]),
    matMul([2, 3, 4], [4]),
    matMul([4], [2, 4, 3]),
  ],
  Conv: [
    convolution('Conv', [3, 2, 8, 8], [4, 2, 3, 3], {}),
    convolution('Conv', [3, 2, 8, 7], [4, 2, 3, 3], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] }, 4),
    convolution('Conv', [3, 1, 28, 28], [4, 1, 3, 3], { pads: [0, 0, 1, 1], strides: [2, 2] }, 4),
    convolution('Conv', [1, 3, 7, 5], [2, 3, 5, 3], { pads: [2, 1, 1, 0], strides: [3, 2] }, 2),
    convolution('Conv', [3, 4, 6, 6], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }, 6),
    convolution('Conv', [3, 4, 6, 6], [4, 1, 2, 2], { group: 4 }),
    convolution('Conv', [3, 2, 9, 9], [5, 2, 3, 3], { dilations: [2, 3], pads: [1, 0, 0, 2] }),
    convolution('Conv', [3, 2, 1, 1], [5, 2, 1, 1], {}, 5),
    convolution('Conv', [3, 2, 9], [5, 2, 4], { strides: [2], pads: [1, 2] }, 5),
    convolution('Conv', [2, 1, 4, 5, 3], [2, 1, 2, 2, 2], { pads: [1, 0, 0, 0, 0, 1] }),
  ],
  ConvTranspose: [
    convolution('ConvTranspose', [3, 4, 5, 5], [4, 2, 3, 3], {}),
    convolution('ConvTranspose', [3, 4, 7, 7], [4, 2, 3, 3], { strides: [2, 2], pads: [0, 0, 1, 1] }, 2),
    convolution('ConvTranspose', [3, 4, 4, 5], [4, 2, 4, 4], { strides: [2, 2], pads: [1, 1, 1, 1] }, 2),
    convolution(
      'ConvTranspose',
      [1, 2, 3, 4],
      [2, 5, 2, 5],
      { strides: [3, 2], output_padding: [1, 0], pads: [0, 2, 0, 1] },
      5,
    ),
    convolution(
      'ConvTranspose',
      [3, 4, 5, 5],
      [4, 3, 3, 3],
      { group: 2, strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] },
      6,
    ),
    convolution('ConvTranspose', [3, 2, 5, 5], [2, 3, 3, 3], { dilations: [2, 2], pads: [1, 2, 0, 1] }),
    convolution('ConvTranspose', [3, 2, 1, 1], [2, 5, 1, 1], { strides: [2, 2], output_padding: [1, 1] }, 5),
    convolution('ConvTranspose', [3, 2, 6], [2, 5, 4], { strides: [2], pads: [1, 1] }, 5),
  ],
  MaxPool: [
    pool('MaxPool', [3, 2, 6, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
    pool('MaxPool', [3, 2, 7, 5], { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }),
    pool('MaxPool', [3, 2, 5, 5], { kernel_shape: [2, 2] }),
    {
      of: 'dilations',
      inputs: [noise([3, 2, 7, 7])],
      build: (onnx, ...x) => onnx.MaxPool(at(x, 0), { kernel_shape: [2, 3], dilations: [3, 2] }),
    },
    {
      of: 'indices',
      inputs: [noise([3, 2, 6, 5])],
      build: (onnx, ...x) =>
        onnx.maxPoolWithIndices(at(x, 0), { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    },
    {
      of: 'indices of equal maxima',
      inputs: [tensorOf('float32', [1, 1, 4, 4], [1, 1, 0, 2, 1, 1, 2, 2, 0, 0, -1, -1, 0, 0, -1, -1])],
      build: (onnx, ...x) => onnx.maxPoolWithIndices(at(x, 0), { kernel_shape: [2, 2], strides: [2, 2] }),
    },
    pool('MaxPool', [3, 2, 9], { kernel_shape: [3], strides: [2] }),
  ],
  AveragePool: [
    pool('AveragePool', [3, 2, 6, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
    pool('AveragePool', [3, 2, 7, 5], { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }),
    pool('AveragePool', [3, 2, 7, 5], {
      kernel_shape: [3, 2],
      strides: [2, 1],
      pads: [1, 0, 1, 1],
      count_include_pad: 1,
    }),
    pool('AveragePool', [3, 2, 7, 7], { kernel_shape: [2, 2], dilations: [2, 3] }, 19),
  ],
  GlobalAveragePool: [
    { inputs: [noise([3, 2, 4, 5])], build: (onnx, ...x) => onnx.GlobalAveragePool(at(x, 0)) },
    { inputs: [noise([1, 2, 1, 1])], build: (onnx, ...x) => onnx.GlobalAveragePool(at(x, 0)) },
  ],
  Resize: [
    resize(
      [3, 2, 4, 5],
      { scales: [1, 1, 2, 2] },
      { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    ),
    resize([3, 2, 4, 5], { scales: [1, 1, 2, 3] }, {}),
    resize([3, 2, 4, 5], { scales: [1, 1, 2, 2] }, { mode: 'linear' }),
    resize([3, 2, 4, 5], { scales: [1, 1, 3, 2] }, { mode: 'linear', coordinate_transformation_mode: 'asymmetric' }),
    resize([3, 2, 4, 5], { scales: [1, 1, 0.5, 0.6] }, { mode: 'linear' }),
    resize([1, 1, 4, 5], { sizes: [1, 1, 7, 3] }, { mode: 'linear' }),
    resize([1, 1, 4, 5], { sizes: [1, 1, 7, 3] }, { mode: 'linear', coordinate_transformation_mode: 'align_corners' }),
    resize(
      [1, 1, 4, 5],
      { sizes: [1, 1, 8, 1] },
      { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' },
    ),
    ...(['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'] as const).flatMap((nearest_mode) =>
      (['half_pixel', 'asymmetric', 'align_corners'] as const).map((mode) =>
        resize([1, 2, 4, 3], { sizes: [1, 2, 7, 6] }, { nearest_mode, coordinate_transformation_mode: mode }),
      ),
    ),
    resize([3, 2, 4, 5], { scales: [2, 2] }, { axes: [2, 3] }),
  ],
  Softmax: [
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Softmax(at(x, 0)) },
    { inputs: [noise([3, 4, 5])], build: (onnx, ...x) => onnx.Softmax(at(x, 0), { axis: 1 }) },
    { inputs: [noise([3, 1])], build: (onnx, ...x) => onnx.Softmax(at(x, 0), { axis: -1 }) },
    {
      of: 'large numbers',
      inputs: [tensorOf('float32', [1, 3], [1000, 1001, -1000])],
      build: (onnx, ...x) => onnx.Softmax(at(x, 0)),
    },
  ],
  InstanceNormalization: [
    {
      inputs: [noise(normalized), noise([4], 2), noise([4], 3)],
      build: (onnx, ...x) => onnx.InstanceNormalization(at(x, 0), at(x, 1), at(x, 2)),
    },
    {
      inputs: [noise([3, 2, 6]), noise([2], 2), noise([2], 3)],
      build: (onnx, ...x) => onnx.InstanceNormalization(at(x, 0), at(x, 1), at(x, 2), { epsilon: 0.1 }),
    },
  ],
  LayerNormalization: [
    {
      inputs: [noise([3, 6]), noise([6], 2), noise([6], 3)],
      build: (onnx, ...x) => onnx.LayerNormalization(at(x, 0), at(x, 1), at(x, 2)),
    },
    {
      of: 'no shift',
      inputs: [noise([3, 4, 5]), noise([5], 2)],
      build: (onnx, ...x) => onnx.LayerNormalization(at(x, 0), at(x, 1), undefined, { epsilon: 0.01 }),
    },
    {
      inputs: [noise([3, 4, 5]), noise([4, 5], 2), noise([4, 5], 3)],
      build: (onnx, ...x) => onnx.LayerNormalization(at(x, 0), at(x, 1), at(x, 2), { axis: 1 }),
    },
  ],
  BatchNormalization: [
    {
      inputs: [
        noise(normalized),
        noise([4], 2),
        noise([4], 3),
        noise([4], 4),
        tensorOf('float32', [4], [0.5, 1, 2, 0.1]),
      ],
      build: (onnx, ...x) => onnx.BatchNormalization(at(x, 0), at(x, 1), at(x, 2), at(x, 3), at(x, 4)),
    },
    {
      inputs: [noise([3, 2]), noise([2], 2), noise([2], 3), noise([2], 4), tensorOf('float32', [2], [0.5, 1])],
      build: (onnx, ...x) =>
        onnx.BatchNormalization(at(x, 0), at(x, 1), at(x, 2), at(x, 3), at(x, 4), { epsilon: 1e-3 }),
    },
  ],
  ReduceSum: [
    ...reduce((onnx) => onnx.ReduceSum),
    { of: 'int64', inputs: [noise([3, 4], 1, 'int64')], build: (onnx, ...x) => onnx.ReduceSum(at(x, 0), [0]) },
  ],
  ReduceMean: reduce((onnx) => onnx.ReduceMean),
  ReduceMax: reduce((onnx) => onnx.ReduceMax),
  ReduceLogSumExp: reduce((onnx) => onnx.ReduceLogSumExp),
  CumSum: [0, 1, -1].flatMap((axis) =>
    [{}, { exclusive: 1 }, { reverse: 1 }, { exclusive: 1, reverse: 1 }].map((attributes) => ({
      of: `axis ${axis}, ${JSON.stringify(attributes)}`,
      inputs: [noise([3, 4, 2])],
      build: (onnx: OnnxBuilder, ...x: readonly Value[]) => onnx.CumSum(at(x, 0), axis, attributes),
    })),
  ),
  Einsum: [
    ['ij,jk->ik', [3, 4], [4, 2]],
    ['nqc,nkc->nqk', [3, 4, 2], [3, 5, 2]],
    ['ij, ij -> ', [3, 4], [3, 4]],
    ['bij,bjk', [2, 3, 4], [2, 4, 2]],
    ['ii->i', [4, 4]],
    ['ij->ji', [3, 4]],
    ['ij->', [3, 4]],
    ['a,b,c->cab', [3], [4], [2]],
  ].map(([equation, ...shapes]) => einsum(String(equation), shapes as number[][])),
  ...recurrentCases,
  ArgMax: [
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.ArgMax(at(x, 0), { axis: 1 }) },
    { inputs: [noise([3, 4, 2])], build: (onnx, ...x) => onnx.ArgMax(at(x, 0), { axis: -2, keepdims: 0 }) },
    {
      of: 'equal maxima',
      inputs: [tensorOf('float32', [2, 4], [1, 2, 2, 0, 5, 5, 5, 5])],
      build: (onnx, ...x) => [
        onnx.ArgMax(at(x, 0), { axis: 1 }),
        onnx.ArgMax(at(x, 0), { axis: 1, select_last_index: 1 }),
      ],
    },
  ],
};
