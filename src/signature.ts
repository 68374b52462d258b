/**
 * What an exported model says of itself. The compiler writes it, the runtime reads it: `model.json` is a `Manifest`, and each
 * ONNX file has a `Label` in its metadata, so that it alone says what it is. Shapes are without the batch axis, which is first.
 */

import type { Derivation } from './exchange.ts';

/** The version of these types that is written, and the newest that is read. Unknown keys are ignored. */
export const FORMAT = 1;

/** The name of the file, in an exported folder, that is written last and read first. */
export const MANIFEST_FILE = 'model.json';

/** The key of an ONNX file's metadata under which its `Label` stands, as JSON. */
export const LABEL_KEY = 'cvae.label';

/** A condition: what the model is told, and how a value of it is given. */
export interface Condition {
  readonly kind: 'categorical' | 'continuous' | 'image';
  /** As the files take it: one-hot on the last axis for a class, [height, width, channels] for an image. */
  readonly shape: readonly number[];
  /** Of a value as a user gives it: that of class indices for categorical conditions, otherwise `shape`. */
  readonly dataShape: readonly number[];
  /** The number of classes, or their names. */
  readonly classes?: number | readonly string[];
  /** What its elements are called, in order, and their units (`''` for none), where the data said. */
  readonly names?: readonly string[];
  readonly units?: readonly string[];
  /** How the files standardise this condition, inside: for information, they take original units. */
  readonly scaling?: Scaling;
}

/** What the classes or the elements of a variable (a table's columns) and their units (`''` for none) are called, as data say. */
export interface VariableNames {
  readonly classes?: readonly string[];
  readonly elements?: readonly string[];
  readonly units?: readonly string[];
}

/** Such names by variable: of the conditions, and of the target as `y`. */
export type Names = Readonly<Record<string, VariableNames>>;

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

/** The mean and standard deviation of each element, in the data's units. */
export interface Scaling {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** What p(y|x,z) is: per element, of the definition's own, or no distribution but a sum of squares. */
export type TargetDistribution = 'bernoulli' | 'normal' | 'categorical' | 'custom' | 'squaredError';

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

/** The target, p(y|x,z), as the files give it: `y` is its mean (probabilities where y is discrete). */
export interface TargetSignature {
  readonly distribution: TargetDistribution;
  /** What a distribution of the definition's own is called; it cannot be drawn from here. */
  readonly named?: string;
  /** Of the output `y`: probabilities of the classes on the last axis for a categorical target. */
  readonly shape: readonly number[];
  /** Of one example's data: that of class indices for a categorical target, otherwise `shape`. */
  readonly dataShape: readonly number[];
  readonly classes?: number | readonly string[];
  /** What its elements are called, in order, and their units (`''` for none), where the data said. */
  readonly names?: readonly string[];
  readonly units?: readonly string[];
  /** [height, width, channels] where the data may be shown as an image. */
  readonly image?: readonly [height: number, width: number, channels: number];
  /** A normal's standard deviation where it is fixed, in y's units: of all elements, or of each. */
  readonly sigma?: number | readonly number[];
  /** Whether elements may be given, and the condition that gives them. */
  readonly mask?: boolean | string;
  readonly scaling?: Scaling;
}

/** The key of an ONNX file's metadata under which its `Example` stands, as JSON. */
export const EXAMPLE_KEY = 'cvae.selfTest';

/**
 * Inputs of one row, and what the file must give for them, rounded: the numbers of each array, in order. With them a file can
 * prove itself on any machine, without the data or the code that it came from.
 */
export interface Example {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  /** Significant digits of the outputs: 6 unless given. */
  readonly digits?: number;
}

/** What a model is: the same in all of its files. */
export interface Signature {
  readonly format: typeof FORMAT;
  /** What wrote it: `cvae-compile 0.1.0`. */
  readonly library: string;
  readonly name: string;
  readonly kind: 'cvae' | 'predictor';
  readonly conditions: Readonly<Record<string, Condition>>;
  readonly target: TargetSignature;
  /** The number of dimensions of z; 0 for a predictor. */
  readonly latent: number;
  /** SHA-256, in hexadecimal, of the definition as `print` gives it. */
  readonly fingerprint: string;
  readonly opset: number;
}

/**
 * What a file computes. `decoder`: z and conditions → y; `prior`: conditions → mean, logVar; `baseline` and `predictor`:
 * conditions → y; `sampler`: conditions and noise → y; `recognition`: y and conditions → mean, logVar. Beside a `y` whose
 * variance is learned stands `logVar`. `evaluation`: y, conditions and noise [samples, latent] → what `evaluate` tells of an
 * example, by the same names.
 */
export type Part = 'decoder' | 'prior' | 'baseline' | 'sampler' | 'recognition' | 'predictor' | 'evaluation';

/** All parts, in the order in which they are listed. */
export const PARTS: readonly Part[] = [
  'decoder',
  'prior',
  'baseline',
  'sampler',
  'recognition',
  'predictor',
  'evaluation',
];

/** A file's inputs and outputs, by name: float32 of [N, ...shape]. */
export interface Interface {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  /** Conditions that have no effect on the outputs, and are therefore no inputs. */
  readonly unused: readonly string[];
}

/** One file of an exported model, and what it computes. */
export interface ExportedFile extends WeightsFile, Interface {
  /** Where the weights are too large for one file, that which holds them. */
  readonly external?: WeightsFile;
  /**
   * Of an export for training by an earlier version, whose initializers were the parameters as they are: where each lies, by
   * its name.
   */
  readonly parameters?: Readonly<Record<string, Stored>>;
}

/** A file that holds weights; of an export for training with what they are made of, by an initializer's name. */
export interface WeightsFile extends FileOnDisk {
  readonly initializers?: Readonly<Record<string, StoredInitializer>>;
}

/** An array in a file: float32, little-endian, row by row, from a byte on. */
export interface Stored {
  readonly offset: number;
  readonly shape: readonly number[];
}

/** An initializer in a file, and how it follows from parameters: a kernel may be transposed, scaled, or hold a normalisation. */
export interface StoredInitializer extends Stored {
  readonly from: Derivation;
}

/** A file beside `model.json`: its name, its length and its SHA-256 in hexadecimal. */
export interface FileOnDisk {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What `model.json` holds. A conditional VAE has at least a decoder, a predictor its only file. */
export interface Manifest extends Signature {
  readonly files: Readonly<Partial<Record<Part, ExportedFile>>>;
  /** A few examples from the data, `Specimens` as JSON, where the definition had data when it was exported. */
  readonly examples?: FileOnDisk;
  /** Where weights are stored in less than float32. */
  readonly precision?: Precision;
  /** The further files of a package, by their names in its folder: its module, its card, the runtime. */
  readonly package?: readonly string[];
  /** Of an export for training. */
  readonly training?: TrainingSignature;
}

/**
 * How weights are stored, and what that costs: the largest |a − b| / (1 + |b|) of each part's outputs, b with them whole; of a
 * standardised y, in its standard deviations.
 */
export interface Precision {
  readonly weights: 'float16';
  readonly losses: Readonly<Partial<Record<Part, number>>>;
}

/** A value of one variable in JSON: a class by its name or number, a number, or numbers in the order of `dataShape`. */
export type SpecimenValue = number | string | readonly number[];

/** An example from the data: what the model is told, and how it really was. */
export interface Specimen {
  /** Which one of its part of the data it is, from 0. */
  readonly index: number;
  /** By name, as `sample` takes them. */
  readonly conditions: Readonly<Record<string, SpecimenValue>>;
  /** y, of the target's `dataShape`. */
  readonly target: readonly number[];
  /** What else the data say of it, which the model is not told: `{ digit: 7 }`. */
  readonly about?: Readonly<Record<string, number | string>>;
}

/** What the file of examples holds. */
export interface Specimens {
  readonly format: typeof FORMAT;
  /** The data and the part that they are of: `digits, test`. */
  readonly source: string;
  readonly examples: readonly Specimen[];
}

/** The name of that file. */
export const SPECIMENS_FILE = 'examples.json';

/** An input of the training step that is drawn, independently for each element; `lead` values an example, 0 one for all. */
export interface NoiseSignature {
  readonly distribution: 'normal' | 'uniform';
  readonly shape: readonly number[];
  readonly lead: number;
}

/** How a model goes on training: by a graph of one step, from a state. */
export interface TrainingSignature {
  /** An ONNX file: a batch, noise, scalars and the state → `metrics/…` and the next state, `next/…`. */
  readonly step: FileOnDisk;
  /** A safetensors file: the parameters, and what the optimiser remembers of them (`velocity/decoder/dense_1/kernel`). */
  readonly state: FileOnDisk;
  /** The variables that a batch has: conditions, `y` and, where the target has one, its `mask`; shapes of one example. */
  readonly batch: Readonly<Record<string, readonly number[]>>;
  readonly noise: Readonly<Record<string, NoiseSignature>>;
  /** The objective's own scalar inputs, such as β, and their values. */
  readonly scalars: Readonly<Record<string, number>>;
  /** What a step tells: `loss` and its parts. */
  readonly metrics: readonly string[];
  readonly optimiser: OptimiserSettings;
  readonly learningRate: number;
}

/** An optimiser in numbers. */
export type OptimiserSettings =
  | {
      readonly name: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
      readonly decay: number;
    }
  | { readonly name: 'sgd'; readonly momentum: number };

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

/** What an ONNX file says in its metadata: whose part it is, and which. */
export interface Label extends Signature, Interface {
  readonly part: Part;
}
