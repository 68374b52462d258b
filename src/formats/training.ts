import { onDisk, type FileOnDisk } from './file.ts';
import type { TypeOf } from './schema.ts';
import { choice, named, number, object, oneOf, optional, whole, wholes, texts, typed } from './schema.ts';

/**
 * An input of the training step that is drawn, independently for each element; `lead` values for each example, or with 0 one for
 * all.
 */
export const noise = object({ distribution: oneOf('normal', 'uniform'), shape: wholes, lead: whole });
export interface NoiseSignature extends TypeOf<typeof noise> {}

const adam = object({ name: oneOf('adam'), beta1: number, beta2: number, epsilon: number, decay: number });
const sgd = object({ name: oneOf('sgd'), momentum: number });
const neither = object({ name: oneOf('adam', 'sgd') });

/** The hyperparameters of an optimiser. */
export type OptimiserSettings = TypeOf<typeof adam> | TypeOf<typeof sgd>;
const optimiser = choice<OptimiserSettings>((value) => {
  const name: unknown = Object(value).name;
  // This schema refuses everything.
  return name === 'adam' ? adam : name === 'sgd' ? sgd : (neither as never);
});

/** How an exported model is trained further: with a graph of one step, from a state. */
export const training = object({
  /** An ONNX file: a batch, noise, scalars and the state → `metrics/…` and the next state, `next/…`. */
  step: typed<FileOnDisk>(onDisk),
  /**
   * The same step in two files, cut where the gradients are, for processes that average them: a batch, noise, scalars and parameters →
   * `metrics/…`, `gradient/…` and new running statistics, `next/…`; …
   */
  gradient: optional<FileOnDisk>(onDisk),
  /** … gradients, the optimiser's scalars and the state → the next state, `next/…`. Exports of earlier versions have neither. */
  update: optional<FileOnDisk>(onDisk),
  /** A safetensors file: the parameters, and the optimiser's states for them (`velocity/decoder/dense_1/kernel`). */
  state: typed<FileOnDisk>(onDisk),
  /** The variables of a batch: conditions, `y` and, if the target has one, its `mask` (each of several, and `rain_mask`); shapes of one example. */
  batch: named(wholes),
  noise: named<NoiseSignature>(noise),
  /** The objective's own scalar inputs, such as β, and their values. */
  scalars: named(number),
  /** The metrics that a step returns: `loss` and its parts. */
  metrics: texts,
  learningRate: number,
  optimiser,
});
export interface TrainingSignature extends TypeOf<typeof training> {}
