/**
 * Everything a definition imports: models, networks, layers, likelihoods and conditions. Loads neither TensorFlow.js
 * nor onnxruntime.
 *
 * @module cvae-compile
 */
export { cvae, predictor } from './dsl/cvae.ts';
export type { Gaussian } from './dsl/gaussian.ts';
export type { Cvae, Model, Predictor } from './dsl/model.ts';
export { network, type Network, type NetworkOptions } from './dsl/network.ts';
export type { PretrainedOptions } from './dsl/pretrained.ts';
export { print } from './dsl/print.ts';
export type { Extras, HasMask, MaskOf, Outs, RecordTarget, Seen, Single, Targets, Whole } from './dsl/record.ts';
export type { Marked, MarkedLike, MaskOption, Target, TargetOptions } from './dsl/target.ts';
export { constant, filled, glorot, noise, parameter } from './dsl/leaves.ts';
export { apply, type Tensor } from './dsl/tensor.ts';
export { block } from './dsl/blocks.ts';
export { continuous, image, type ValueOf, type Variable } from './dsl/variables.ts';
export {
  InvalidData,
  InvalidFile,
  InvalidGraph,
  InvalidModel,
  isUserError,
  ShapeMismatch,
  TrainingFailed,
  Unavailable,
  UserError,
  WeightsMismatch,
} from './errors.ts';
export { ones, zeros, type Init } from './graph/init.ts';
export type { Op, Param, OpContext, Some } from './graph/op.ts';
export { kl, klPerDimension, logRatio, reparameterise } from './layers/gaussian.ts';
export * from './layers/index.ts';
export { positions, type PositionsOptions } from './layers/positions.ts';
export { steps } from './layers/steps.ts';
export type { Component, Headed, Inflatable, Numeric, NumericTarget, Unnormalised } from './distributions/arguments.ts';
export { absoluteError } from './distributions/absolute-error.ts';
export { bernoulli } from './distributions/bernoulli.ts';
export { beta } from './distributions/beta.ts';
export { categorical } from './distributions/categorical.ts';
export type { CategoricalOptions, Classes, EndOption } from './distributions/classes.ts';
export { continuousBernoulli } from './distributions/continuous-bernoulli.ts';
export { discretizedLogistic, type DiscretizedLogisticOptions } from './distributions/discretized-logistic.ts';
export { distribution, type DistributionOptions, type Per } from './distributions/custom.ts';
export { gamma } from './distributions/gamma.ts';
export { head, heads } from './distributions/head.ts';
export { hurdle, type Hurdle, type HurdleOptions, type SeenShape } from './distributions/hurdle.ts';
export { laplace } from './distributions/laplace.ts';
export { logNormal, type LearnedLogNormalOptions, type LogNormalOptions } from './distributions/log-normal.ts';
export { mixture, type Mixed } from './distributions/mixture.ts';
export { multinomial, type MultinomialOptions } from './distributions/multinomial.ts';
export { multiScale } from './distributions/multi-scale.ts';
export { negativeBinomial, type NegativeBinomialOptions } from './distributions/negative-binomial.ts';
export { normalScores, type NormalScoresOptions } from './distributions/normal-scores.ts';
export { normal } from './distributions/normal.ts';
export { ordinal } from './distributions/ordinal.ts';
export { poisson } from './distributions/poisson.ts';
export type { LearnedScaleOptions, ScaleOptions } from './distributions/scale.ts';
export { squaredError } from './distributions/squared-error.ts';
export { studentT, type StudentTOptions } from './distributions/student-t.ts';
export { zeroInflated } from './distributions/zero-inflated.ts';
export { vonMises } from './distributions/von-mises.ts';
// Types that appear in the declaration files of a user's own blocks. TypeScript writes out a type that has no name here,
// which for lengths of type parameters has no end.
export type { ImageLike, NumbersOf, Pixels } from './dsl/variables.ts';
export type { Distribution, Layer } from './graph/node.ts';
export type { Binary } from './layers/arithmetic.ts';
export type { AttentionOptions } from './layers/attention.ts';
export type { Cut, Joined } from './layers/concat.ts';
export type { ConvOptions, Grouped } from './layers/conv.ts';
export type { ConditionMasks } from './dsl/condition-masks.ts';
export { anyPart } from './distributions/any-part.ts';
export type { AnyPartOptions, PartMasks, Parts, PartShape, PartShapes, PartUnit } from './distributions/any-part.ts';
export type { KnownConditions, KnownOf, KnownVariable } from './dsl/known.ts';
export type { Continuous, MissingOption } from './dsl/variables.ts';
export type { AtPlaces, Each, EachOf } from './layers/each.ts';
export type { LastOf, Misses, OfClasses } from './layers/embedding.ts';
export type { Elementwise } from './layers/elementwise.ts';
export type { Cropped, Frame, Framed } from './layers/pad-crop.ts';
export type { GroupNormOptions } from './layers/group-norm.ts';
export type { Lstm, LstmState, LstmStates } from './layers/lstm.ts';
export type { PoolOptions } from './layers/pool.ts';
export type { ConvEncoderOptions, ConvPresetOptions, Last, MlpOptions } from './layers/presets.ts';
export type { Recurrent, RecurrentOptions } from './layers/recurrent.ts';
export type { Elements } from './layers/reshape.ts';
export type { Kept } from './layers/residual.ts';
export type { ResizeOptions } from './layers/resize.ts';
export type { StepGiven, StepMade, StepOf, StepStart, Unstacked } from './layers/steps.ts';
export type { TransformerDecoderOptions, TransformerOptions } from './layers/transformer.ts';
export type { Padding } from './layers/window.ts';
export type * from './layers/window-shape.ts';
export type * from './shape/arithmetic.ts';
export type * from './shape/axes.ts';
export type * from './shape/broadcast.ts';
export type * from './shape/require.ts';
export type { Concat, Shape, ShapeError, Show } from './shape/shape.ts';
