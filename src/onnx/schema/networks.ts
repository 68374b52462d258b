import type { DType } from '../dtype.ts';
import { FLOAT, INDEX, NUMBER, flag, oneOf, optional, required, type OperatorSpec } from './spec.ts';

/** The CPU provider has no float64 kernels for these. */
const SINGLE: readonly DType[] = ['float32', 'float16'];

/** Padding is always written out: `auto_pad` produces wrong numbers on some providers. */
const auto_pad = oneOf(['NOTSET']);

const window = {
  kernel_shape: required('ints'),
  strides: optional('ints'),
  pads: optional('ints'),
  ceil_mode: optional('int', 0, { only: [0] }),
  auto_pad,
};

const convolution = {
  inputs: { X: 'T', W: 'T', B: 'T?' },
  outputs: { Y: 'T' },
  types: { T: SINGLE },
  attributes: {
    kernel_shape: optional('ints'),
    strides: optional('ints'),
    pads: optional('ints'),
    dilations: optional('ints'),
    group: optional('int', 1),
    auto_pad,
  },
  webgpu: 24,
} satisfies OperatorSpec;

const pool = {
  inputs: { X: 'T' },
  outputs: { Y: 'T' },
  types: { T: SINGLE },
  attributes: {},
  webgpu: 21,
} satisfies OperatorSpec;

const reduce = {
  inputs: { data: 'T', axes: { slot: 'int64?', since: 18 } },
  outputs: { reduced: 'T' },
  types: { T: NUMBER },
  attributes: {
    axes: optional('ints', undefined, { until: 17 }),
    keepdims: flag(1),
    noop_with_empty_axes: flag(0, { since: 18 }),
  },
  webgpu: 26,
} satisfies OperatorSpec;

/** What both recurrent networks take; all parts of a direction's weights are stacked, gate on gate. */
const recurrent = {
  inputs: { X: 'T', W: 'T', R: 'T', B: 'T?', sequence_lens: 'int32?', initial_h: 'T?' },
  outputs: { Y: 'T?', Y_h: 'T?' },
  types: { T: ['float32'] },
  attributes: {
    hidden_size: required('int'),
    direction: oneOf(['forward', 'reverse', 'bidirectional']),
    // With the batch first, the CPU provider has no kernel.
    layout: optional('int', 0, { only: [0], since: 14 }),
  },
  webgpu: 21,
} satisfies OperatorSpec;

/** Matrix products, convolutions, pooling, normalisation, reductions and recurrent networks. */
export const NETWORKS = {
  Gemm: {
    inputs: { A: 'T', B: 'T', C: 'T?' },
    outputs: { Y: 'T' },
    types: { T: FLOAT },
    attributes: { alpha: optional('float', 1), beta: optional('float', 1), transA: flag(0), transB: flag(0) },
    webgpu: 26,
  },
  MatMul: {
    inputs: { A: 'T', B: 'T' },
    outputs: { Y: 'T' },
    types: { T: NUMBER },
    attributes: {},
    webgpu: 26,
  },
  Conv: convolution,
  ConvTranspose: {
    ...convolution,
    attributes: { ...convolution.attributes, output_padding: optional('ints') },
    webgpu: 21,
  },
  MaxPool: {
    ...pool,
    outputs: { Y: 'T', Indices: 'int64?' },
    types: { T: FLOAT },
    attributes: { ...window, dilations: optional('ints'), storage_order: optional('int', 0, { only: [0] }) },
  },
  AveragePool: {
    ...pool,
    attributes: { ...window, dilations: optional('ints', undefined, { since: 19 }), count_include_pad: flag(0) },
    webgpu: 24,
  },
  GlobalAveragePool: pool,
  Resize: {
    inputs: { X: 'T', roi: 'float32?', scales: 'float32?', sizes: 'int64?' },
    outputs: { Y: 'T' },
    types: { T: ['float32', 'int32', 'uint8', 'int8'] },
    attributes: {
      mode: oneOf(['nearest', 'linear']),
      coordinate_transformation_mode: oneOf(['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel']),
      nearest_mode: oneOf(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
      axes: optional('ints', undefined, { since: 18 }),
    },
    webgpu: 26,
  },
  Softmax: {
    inputs: { input: 'T' },
    outputs: { output: 'T' },
    types: { T: FLOAT },
    attributes: { axis: optional('int', -1) },
    webgpu: 26,
  },
  InstanceNormalization: {
    inputs: { input: 'T', scale: 'T', B: 'T' },
    outputs: { output: 'T' },
    types: { T: SINGLE },
    attributes: { epsilon: optional('float', 1e-5) },
    webgpu: 26,
  },
  LayerNormalization: {
    since: 17,
    inputs: { X: 'T', Scale: 'T', B: 'T?' },
    outputs: { Y: 'T', Mean: 'float32?', InvStdDev: 'float32?' },
    types: { T: FLOAT },
    attributes: {
      axis: optional('int', -1),
      epsilon: optional('float', 1e-5),
      stash_type: optional('int', 1, { only: [1] }),
    },
    webgpu: 26,
  },
  BatchNormalization: {
    inputs: { X: 'T', scale: 'T', B: 'T', input_mean: 'T', input_var: 'T' },
    outputs: { Y: 'T' },
    types: { T: FLOAT },
    attributes: {
      epsilon: optional('float', 1e-5),
      momentum: optional('float', 0.9),
      training_mode: optional('int', 0, { only: [0], since: 14 }),
    },
    webgpu: 24,
  },
  ReduceSum: {
    ...reduce,
    inputs: { data: 'T', axes: 'int64?' },
    attributes: { keepdims: flag(1), noop_with_empty_axes: flag(0) },
  },
  ReduceMean: reduce,
  ReduceMax: reduce,
  // For whole numbers, onnxruntime's result depends on its own integer arithmetic.
  ReduceLogSumExp: { ...reduce, types: { T: FLOAT } },
  ArgMax: {
    inputs: { data: 'T' },
    outputs: { reduced: 'int64' },
    types: { T: NUMBER },
    attributes: { axis: optional('int', 0), keepdims: flag(1), select_last_index: flag(0) },
    webgpu: 26,
  },
  CumSum: {
    inputs: { x: 'T', axis: 'T2' },
    outputs: { y: 'T' },
    types: { T: ['float32', 'float64', 'int32', 'int64'], T2: INDEX },
    attributes: { exclusive: flag(0), reverse: flag(0) },
    webgpu: 26,
  },
  Einsum: {
    inputs: { Inputs: 'T*' },
    outputs: { Output: 'T' },
    types: { T: ['float32', 'float64', 'int32', 'int64'] },
    attributes: { equation: required('string') },
    webgpu: 26,
  },
  GRU: { ...recurrent, attributes: { ...recurrent.attributes, linear_before_reset: flag(0) } },
  LSTM: {
    ...recurrent,
    inputs: { ...recurrent.inputs, initial_c: 'T?' },
    outputs: { ...recurrent.outputs, Y_c: 'T?' },
    attributes: { ...recurrent.attributes, input_forget: optional('int', 0, { only: [0] }) },
  },
} satisfies Record<string, OperatorSpec>;
