/**
 * What an exported model says of itself. The compiler writes it, the runtime reads it, and neither knows the other:
 * `model.json` is a `Manifest`, and every ONNX file carries a `Label` under `LABEL_KEY` in its metadata, so that one file
 * alone says what it is. All shapes are without the batch axis, which is the first of every input and output.
 */

import type { Condition, TargetDistribution } from './formats/signature.ts';
import type { OptimiserSettings } from './formats/training.ts';

// Their types are those of the schemas that read them.
export type { Example } from './formats/example.ts';
export type { FileOnDisk } from './formats/file.ts';
export type { ExportedFile, Interface, Label, Manifest, Part, Precision } from './formats/manifest.ts';
export type { Stored, StoredInitializer, WeightsFile } from './formats/manifest.ts';
export type { Condition, Scaling, Signature, TargetDistribution, TargetSignature } from './formats/signature.ts';
export type { Specimen, Specimens, SpecimenValue } from './formats/specimens.ts';
export type { NoiseSignature, OptimiserSettings, TrainingSignature } from './formats/training.ts';
export type { Names, VariableNames } from './formats/weights.ts';

/** The version of these types that is written, and the newest that is read. Unknown keys are ignored. */
export const FORMAT = 1;

/** The name of the file, in an exported folder, that is written last and read first. */
export const MANIFEST_FILE = 'model.json';

/** The key of an ONNX file's metadata under which its `Label` stands, as JSON. */
export const LABEL_KEY = 'cvae.label';

/** What of a variable says how its elements are called. */
type Called = Pick<Condition, 'dataShape' | 'names' | 'units'>;

/** What each element of a variable is called: by its name, or by the variable's and a number from 1 where there are several. */
export const elementNames = (variable: string, { dataShape, names }: Called, separator = ' '): readonly string[] => {
  const length = dataShape.reduce((product, size) => product * size, 1);
  return names ?? Array.from({ length }, (_, i) => (length === 1 ? variable : `${variable}${separator}${i + 1}`));
};

/** The same with units: `wind (km/h)`. */
export const elementTexts = (variable: string, called: Called): readonly string[] =>
  elementNames(variable, called).map((name, i) => (called.units?.[i] ? `${name} (${called.units[i]})` : name));

/** What the classes of a variable are called: by their names, or by their numbers from 0. */
export const classTexts = ({ classes, shape }: Pick<Condition, 'classes' | 'shape'>): readonly string[] =>
  typeof classes === 'object' ? classes : Array.from({ length: classes ?? shape.at(-1) ?? 0 }, (_, i) => `${i}`);

/**
 * The noise that a draw from p(y|x,z) is made of, one number for each element of the data; undefined where the exported
 * parameters do not say how to draw.
 */
export const DRAW_NOISE: Readonly<Record<TargetDistribution, 'normal' | 'uniform' | undefined>> = {
  bernoulli: 'uniform',
  normal: 'normal',
  categorical: 'uniform',
  custom: undefined,
  squaredError: undefined,
};

/** The key of an ONNX file's metadata under which its `Example` stands, as JSON. */
export const EXAMPLE_KEY = 'cvae.selfTest';

/** All parts, in the order in which they are listed. */
export const PARTS = ['decoder', 'prior', 'baseline', 'sampler', 'recognition', 'predictor', 'evaluation'] as const;

/** The name of the file of examples, in a run's folder and an exported one. */
export const SPECIMENS_FILE = 'examples.json';

/**
 * What of an optimiser's formula is the same for all elements of all parameters, at a step counted from 1: inputs of the
 * training step, named `optimiser/…`, which must be computed in double precision.
 */
export const optimiserScalars = (
  settings: OptimiserSettings,
  step: number,
  learningRate: number,
): Readonly<Record<string, number>> => {
  if (settings.name === 'sgd') return { learningRate };
  const { beta1, beta2, epsilon, decay } = settings;
  // How much larger the root of the sum of squares is than that of their mean, corrected for the first steps' bias.
  const spread = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
  return {
    stepSize: (learningRate * spread * (1 - beta1)) / (1 - beta1 ** step),
    floor: epsilon * spread,
    ...(decay > 0 && { kept: 1 - learningRate * decay }),
  };
};
