// The runtime for pages; node.ts is the one for Node.
export type {
  Asking,
  AskOptions,
  LikelihoodOptions,
  LogLikelihood,
  NeighbourOptions,
  Neighbours,
  Posterior,
  ReconstructOptions,
  StreamOptions,
} from './questions.ts';
export type { ConditionValue, ConditionsOf, Definition, ExampleOf, KnownValue } from './definition.ts';
export { latestWins } from './latest-wins.ts';
export { readLabel } from './label.ts';
export { readMetadata } from './metadata.ts';
export type { Core, Latents, Model, ModelOf, PredictorModel, Prior } from './model.ts';
export type { SampleOptions } from './options.ts';
export type { Backend, LoadProgress, OpenOptions, WebGpu } from './open-options.ts';
export type { ShapedArray } from './ort.ts';
export { toRgba, type Picture } from './picture.ts';
export type { Outputs, OutputsOf, SampleOrigin, Samples, SamplesOf } from './result.ts';
export { putWeights } from './put-weights.ts';
export type { SelfTest } from './self-test.ts';
export type { Trainer, TrainerOptions } from './train.ts';
export { adapted } from './web/adapted.ts';
export { readManifest } from './web/manifest.ts';
export { open } from './web/open.ts';
export { trainer } from './web/trainer.ts';
