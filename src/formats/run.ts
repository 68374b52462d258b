import {
  count,
  json,
  named,
  object,
  oneOf,
  optional,
  orNull,
  positive,
  whole,
  text,
  typed,
  type TypeOf,
} from './schema.ts';

/** The command-line flags of `train` that affect the numbers; they are recorded with the run. */
export const flags = object({
  epochs: optional(count),
  steps: optional(count),
  minutes: optional(positive),
  batch: optional(count),
  seed: optional(whole),
  learningRate: optional(positive),
  patience: optional(count),
  limit: optional(count),
  engine: optional(oneOf('tfjs', 'onnx', 'auto')),
  device: optional(oneOf('cpu', 'webgpu', 'cuda')),
  checkpointSteps: optional(count),
  checkpointMinutes: optional(positive),
  checkpointKeep: optional(count),
});
export interface Flags extends TypeOf<typeof flags> {}

/** The part of an existing run's record that is needed to resume it. */
export const begun = object({ flags: optional<Flags>(flags), began: optional(text) });

/** The record of a run at its start: what it trains, and its settings. */
export const record = object({
  library: text,
  node: text,
  platform: text,
  began: text,
  /** The name of the model. */
  name: text,
  /** The path of the file that defines it, as it was given. */
  definition: text,
  /** The command-line flags. */
  flags: typed<object>(json),
  /** All options as text, including defaults. */
  options: named(text),
  seed: whole,
  engine: object({ name: text, version: text }),
  data: object({ name: text, checksum: orNull(text), train: whole, validation: whole, test: whole }),
  model: object({
    kind: oneOf('cvae', 'predictor'),
    latent: whole,
    parameters: whole,
    fingerprint: text,
    /** As written by `print`. */
    printed: text,
  }),
  unit: oneOf('nats', 'squared error', 'absolute error'),
});
export interface RunRecord extends TypeOf<typeof record> {}
