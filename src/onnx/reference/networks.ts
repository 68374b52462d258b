import type { NETWORKS } from '../schema/networks.ts';
import {
  batchNormalization,
  globalAveragePool,
  instanceNormalization,
  layerNormalization,
  softmax,
} from './normalize.ts';
import { einsum } from './einsum.ts';
import type { Kernel } from './numbers.ts';
import { cumSum } from './ordered.ts';
import { gemm, matMul } from './products.ts';
import { gru, lstm } from './recurrent.ts';
import { argMax, reduceLogSumExp, reduceMax, reduceMean, reduceSum } from './reductions.ts';
import { resize } from './resize.ts';
import { averagePool, conv, convTranspose, maxPool } from './windows.ts';

/** Kernels of matrix products, convolutions, pooling, normalisation, reductions and recurrent networks. */
export const NETWORKS_KERNELS: Readonly<Record<keyof typeof NETWORKS, Kernel>> = {
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
  ArgMax: argMax,
  CumSum: cumSum,
  Einsum: einsum,
  GRU: gru,
  LSTM: lstm,
};
