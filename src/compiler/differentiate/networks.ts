import type { NETWORKS } from '../../onnx/operators/table.ts';
import { conv, convTranspose } from './convolution.ts';
import { batchNormalization, instanceNormalization, layerNormalization, softmax } from './normalize.ts';
import { averagePool, globalAveragePool, maxPool, resize } from './pool.ts';
import { cumSum } from './ordered.ts';
import { einsum, gemm, matMul } from './products.ts';
import { reduceLogSumExp, reduceMax, reduceMean, reduceSum } from './reduce.ts';
import { flat, type Gradient } from './rule.ts';

/** The gradient rules of matrix products, convolutions, pooling, normalisation and reductions. */
export const GRADIENT_NETWORKS: Readonly<Record<keyof typeof NETWORKS, Gradient>> = {
  Gemm: gemm,
  MatMul: matMul,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  Resize: resize,
  Softmax: softmax,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  BatchNormalization: batchNormalization,
  ReduceSum: reduceSum,
  ReduceMean: reduceMean,
  ReduceMax: reduceMax,
  ReduceLogSumExp: reduceLogSumExp,
  ArgMax: flat,
  CumSum: cumSum,
  Einsum: einsum,
  GRU: { opaque: 'repeats its cell' },
  LSTM: { opaque: 'repeats its cell' },
};
