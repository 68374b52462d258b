// The door to training.
export type { Engine, Numbers, OptimiserState, Session, StepInput, Values } from './engine.ts';
export { usualEngine } from './engines.ts';
export { Diverged, type Epoch, type Progress } from './fit.ts';
export { baselineLikelihood, elbo, likelihood, type Objective } from './objective.ts';
export { adam, type AdamOptions, type Optimiser } from './optimiser.ts';
export { tfjsEngine } from './tfjs.ts';
export { train, type Metrics, type Training, type TrainOptions } from './train.ts';
