/**
 * An exported model's description of itself. The compiler writes it, the runtime reads it: `model.json` is a `Manifest`, and each
 * ONNX file has a `Label` in its metadata, so that the file alone identifies itself. Shapes exclude the batch axis, which is
 * first.
 */

import type { TargetSignature } from './formats/signature.ts';
import type { Specimen } from './formats/specimens.ts';
import type { OptimiserSettings } from './formats/training.ts';

export { EXAMPLE_KEY, LABEL_KEY } from './formats/keys.ts';
export { MANIFEST_FILE, SPECIMENS_FILE } from './formats/names.ts';
export { FORMAT, NEWEST } from './formats/version.ts';
export { PARTS } from './formats/parts.ts';
// Their types are those of the schemas that read them.
export type { Example } from './formats/example.ts';
export type { FileOnDisk } from './formats/file.ts';
export type { ExportedFile, Interface, Label, Manifest, Part, Precision } from './formats/manifest.ts';
export type { Stored, StoredInitializer, WeightsFile } from './formats/manifest.ts';
export type { ComponentSignature, Condition, Scaling, Signature, TargetSignature } from './formats/signature.ts';
export type { SampledRows, Specimen, Specimens, SpecimenValue } from './formats/specimens.ts';
export type { NoiseSignature, OptimiserSettings, TrainingSignature } from './formats/training.ts';
export type { Names, VariableNames } from './formats/weights.ts';

/** Whether a target is one of several classes: its mean is their probabilities, its draws are their indices. */
export const isClasses = ({ classes }: Pick<TargetSignature, 'classes'>): boolean => classes !== undefined;

/** Returns the true value of an example: of a single target, which is `y`, or of one of several by its name; empty if it has none. */
export const truthOf = ({ target }: Pick<Specimen, 'target'>, name = 'y'): readonly number[] => {
  const isList = (value: typeof target): value is readonly number[] => Array.isArray(value);
  if (isList(target)) return name === 'y' ? target : [];
  return Object.hasOwn(target, name) ? (target[name] ?? []) : [];
};

/**
 * Returns the factors of an optimiser's formula that are the same for all elements of all parameters, at a step counted from 1:
 * inputs of the training step, named `optimiser/…`, which must be computed in double precision.
 */
export const optimiserScalars = (
  settings: OptimiserSettings,
  step: number,
  learningRate: number,
): Readonly<Record<string, number>> => {
  if (settings.name === 'sgd') return { learningRate };
  const { beta1, beta2, epsilon, decay } = settings;
  // The ratio of the root of the sum of squares to the root of their mean, corrected for the bias of the first steps.
  const spread = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
  return {
    stepSize: (learningRate * spread * (1 - beta1)) / (1 - beta1 ** step),
    floor: epsilon * spread,
    ...(decay > 0 && { kept: 1 - learningRate * decay }),
  };
};
