// Exports all layers. A new layer is a file, a line here and a case in test/layers.
export {
  elu,
  exp,
  gelu,
  leakyRelu,
  log,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  sqrt,
  square,
  tanh,
} from './activations.ts';
export { add, div, maximum, minimum, mul, sub } from './arithmetic.ts';
export { attention } from './attention.ts';
export { at, expand, permute, reduceMax, reduceMean, reduceSum, sliceAt } from './axes.ts';
export { group, repeat, ungroup } from './batch.ts';
export { bidirectional } from './bidirectional.ts';
export { concat, slice } from './concat.ts';
export { conv1d, conv2d, convTranspose1d, convTranspose2d } from './conv.ts';
export { dense } from './dense.ts';
export { dropout } from './dropout.ts';
export { embedding } from './embedding.ts';
export { each } from './each.ts';
export { abs, clip, cos, log1p, sign, sin } from './elementary.ts';
export { elementwise } from './elementwise.ts';
export { crop2d, pad2d } from './pad-crop.ts';
export { gaussian } from './gaussian.ts';
export { lgamma } from './lgamma.ts';
export { groupNorm, instanceNorm } from './group-norm.ts';
export { gaussianNoise } from './noise.ts';
export { gru } from './gru.ts';
export { lstm } from './lstm.ts';
export { matMul } from './mat-mul.ts';
export { batchNorm, layerNorm } from './normalize.ts';
export { omission } from './omission.ts';
export { pixelShuffle } from './pixel-shuffle.ts';
export { avgPool1d, avgPool2d, globalAvgPool2d, maxPool1d, maxPool2d, upsample1d, upsample2d } from './pool.ts';
export { convDecoder, convEncoder, mlp } from './presets.ts';
export { mmd } from './mmd.ts';
export { batchMean, logSumExp, sum, sumLast } from './reduce.ts';
export { flatten, reshape, shaped } from './reshape.ts';
export { concatAt, stack } from './stack.ts';
export { residual } from './residual.ts';
export { resize2d } from './resize.ts';
export { stopGradient } from './stop-gradient.ts';
export { transformerDecoder, transformerEncoder } from './transformer.ts';
export { where } from './where.ts';
