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

/** What is given to `train` on the command line that decides of the numbers, and is kept with the run. */
export const flags = object({
  epochs: optional(count),
  batch: optional(count),
  seed: optional(whole),
  learningRate: optional(positive),
  patience: optional(count),
  limit: optional(count),
  engine: optional(oneOf('tfjs', 'onnx', 'auto')),
  checkpointSteps: optional(count),
  checkpointMinutes: optional(positive),
  checkpointKeep: optional(count),
});
export interface Flags extends TypeOf<typeof flags> {}

/** What of a run that is there one must know to go on with it. */
export const begun = object({ flags: optional<Flags>(flags), began: optional(text) });

/** A run as it begins: what it is of, and what decides it. */
export const record = object({
  library: text,
  node: text,
  platform: text,
  began: text,
  /** What the model is called. */
  name: text,
  /** The file that defines it as it was named. */
  definition: text,
  /** What was given on the command line. */
  flags: typed<object>(json),
  /** All options as text, also those that were left out. */
  options: named(text),
  seed: whole,
  engine: object({ name: text, version: text }),
  data: object({ name: text, checksum: orNull(text), train: whole, validation: whole, test: whole }),
  model: object({
    kind: oneOf('cvae', 'predictor'),
    latent: whole,
    parameters: whole,
    fingerprint: text,
    /** As `print` shows it. */
    printed: text,
  }),
  unit: oneOf('nats', 'squared error'),
});
export interface RunRecord extends TypeOf<typeof record> {}
