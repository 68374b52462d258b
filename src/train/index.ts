/**
 * Training and evaluation: objectives, optimisers, schedules and engines.
 *
 * @module cvae-compile/train
 */
export type { InputValues, OptimiserState, Scalars, Session, StepInput, TrainingEngine } from './engine.ts';
export { engineOf, usualEngine, type EngineName } from './engines.ts';
export type { OnnxBackend } from './onnx-backend.ts';
export { onnxEngine } from './onnx-engine.ts';
export { loadWeights, saveWeights } from '../weights/file.ts';
export { checkpointsIn, type Checkpoints } from '../run/checkpoint.ts';
export type { Checkpoint, RunFacts } from './checkpoint.ts';
export type { ClassAgreement } from './classes.ts';
export type { Estimate } from './estimate.ts';
export { evaluate, type EvaluateOptions, type Evaluation } from './evaluate.ts';
export type { Ended, Epoch, FoundRate, TrainingProgress } from './epoch.ts';
export { Diverged } from './fit.ts';
export type { LatentUse } from '../formats/epoch.ts';
export type { Notice, NoticeKind } from './epoch.ts';
export { objective, withNoise, type ObjectiveContext, type Objective, type Terms } from './objective.ts';
export { elbo, type ElboOptions } from './objectives/elbo.ts';
export { gsnn } from './objectives/gsnn.ts';
export { hybrid } from './objectives/hybrid.ts';
export { infoVae, type InfoVaeOptions } from './objectives/info-vae.ts';
export { iwae } from './objectives/iwae.ts';
export { monteCarlo } from './objectives/monte-carlo.ts';
export { withWeights } from './objectives/with-weights.ts';
export { baselineLikelihood, likelihood } from './objectives/likelihood.ts';
export {
  adam,
  adamW,
  clipped,
  sgd,
  type AdamOptions,
  type AdamWOptions,
  type Optimiser,
  type SgdOptions,
} from './optimiser.ts';
export { cosine, cyclical, linear, stepwise, warmUp, type ScheduleStep, type Schedule } from './schedule.ts';
export { tfjsEngine } from './tfjs.ts';
export { type Metrics, type Training, type TrainOptions } from './train.ts';
export type { TrainingLogger } from '../training/loggers.ts';
export type { RunRecord } from '../formats/run.ts';
export { train, type TrainRunOptions } from '../training/train.ts';
export { scoreModel, type ScoreOptions } from '../training/score-model.ts';
export {
  scoreTable,
  type TableOptions,
  type TableParts,
  type TableScore,
  type TableScores,
} from '../scores/score-table.ts';
export type { ColumnScore } from '../scores/impossible.ts';
export { sequentialTrees } from '../scores/sequential-trees.ts';
export type { ScoredTable } from '../scores/table.ts';
