import type { Data } from '../data/source.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import { isModel } from '../dsl/model.ts';
import { describe } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Display } from '../formats/display.ts';
import type { Names } from '../signature.ts';
import { OBJECTIVE, type Objective } from '../train/objective.ts';
import { OPTIMISER, type Optimiser } from '../train/optimiser.ts';
import { TRAIN_RULES } from '../train/options.ts';
import {
  above0,
  callable,
  flag,
  isPlain,
  isText,
  oneOf,
  optionsRefusal,
  rule,
  whole,
  wholeFrom0,
  type Rule,
  type Rules,
} from '../values/rules.ts';
import { received } from '../values/value-text.ts';
import { isMap, type Weights } from '../weights/weights.ts';
import type { StoredPrecision } from './storage/stored.ts';
import { checkNames, isTexts, NAMES } from './names-option.ts';

/** How much worse a model may become: a number of nats (or of the loss's unit), or a share of its loss: `0.1%`. */
export type AtMost = number | `${number}%`;

/** What is compiled, and for which version of ONNX. */
export interface CompileOptions {
  /** Whether q(z|x,y) is among the files: hosts that only draw do not need it. */
  readonly recognition?: boolean;
  /**
   * Whether `sampler.onnx` is among the files: it draws y in one call, and holds a second copy of the weights of prior and
   * decoder.
   */
  readonly sampler?: boolean;
  /** The number of draws of z in `evaluation.onnx`; that file is written only if this is set. */
  readonly evaluationSamples?: number;
  /** The version of ONNX's operators, 18 by default. */
  readonly opset?: number;
  /** Whether the passes run; without them the files compute the same, more slowly. */
  readonly optimise?: boolean;
  /**
   * Whether the manifest lists how initializers are derived from parameters, so that other weights can replace them; the files
   * are the same.
   */
  readonly exchangeable?: boolean;
  /** Whether files carry an example for their self-test; true by default. */
  readonly example?: boolean;
  /**
   * How weights are stored, `float32` by default; the error due to `float16` or `int8` is measured, and listed in the manifest. With `int8`
   * the kernels of layers are whole numbers with a scale for each output channel. (`int4` needs data: see `exportModel`.)
   */
  readonly precision?: Exclude<StoredPrecision, 'int4'>;
  /** With `int8` and `int4`, the layers whose weights stay float32, such as `decoder/dense_3`. */
  readonly keepFloat32?: readonly string[];
  /** Weights of more bytes than this are written to a second file, 2³⁰ by default. */
  readonly externalDataAbove?: number;
  /** Called for each file as it is compiled, with its progress, from 0 to 1. */
  readonly onFile?: (file: string, done: number) => void;
  /** The name of the model in its signature. */
  readonly name?: string;
  /** The names of classes and elements in the data, as `train` returns them, which the signature then records. */
  readonly names?: Names;
  /** The temperature at which samples are best shown, as `train` returns it: a page begins with it. */
  readonly display?: Display;
}

/** What is exported for training, and the settings of the further training. */
export interface ExportTrainingOptions extends Omit<
  CompileOptions,
  'exchangeable' | 'example' | 'precision' | 'keepFloat32'
> {
  /**
   * The objective; the ELBO by default (a predictor's likelihood for a predictor); its schedules are fixed at their final values,
   * …
   */
  readonly objective?: Objective;
  /** … after this many epochs: 10. */
  readonly epochs?: number;
  /** The optimiser; Adam by default. */
  readonly optimiser?: Optimiser;
  /** The learning rate: 1e-3. */
  readonly learningRate?: number;
  /** The values of parameters that only the objective has; those without a value are initialised anew. */
  readonly auxiliary?: Weights;
}

/** What a package states that the model does not. */
export interface Packaging {
  /** The licence of the weights, such as MIT or CC-BY-4.0. */
  readonly license?: string;
}

/** What is exported, and where. */
export interface ExportOptions extends Omit<CompileOptions, 'exchangeable' | 'example' | 'onFile' | 'precision'> {
  /**
   * How weights are stored, `float32` by default; what the others cost is measured, and listed in the manifest. With `int8` the kernels of
   * layers are whole numbers with a scale for each output channel; with `int4`, of large ones, whole numbers of four bits with a scale for
   * each block, found on examples of `measureOn` so that what they compute there changes least.
   */
  readonly precision?: StoredPrecision;
  /** The folder, which is created if it is missing; an exported model in it is replaced. */
  readonly out: string;
  /** Also writes `train.onnx` and its state: `true` for the model's default objective and Adam. */
  readonly training?:
    boolean | Pick<ExportTrainingOptions, 'objective' | 'epochs' | 'optimiser' | 'learningRate' | 'auxiliary'>;
  /** Also writes a module with types, a model card and the runtime: everything that others need to use it. */
  readonly package?: boolean | Packaging;
  /**
   * Also writes the programs in Python that run the model on many machines, for rows of tables and, with `training`, to train it further: those of
   * `examples/distributed`.
   */
  readonly python?: boolean;
  /**
   * `wasm`: also writes the model as one module that needs no runtime: `model.wasm`, its code and weights, and `model.js`, which imports
   * nothing. `onnx`, the default, does not.
   */
  readonly target?: 'onnx' | 'wasm';
  /**
   * Data from which a dozen examples are written next to the model, for pages to show, if `run` has kept none; `false` for no
   * examples.
   */
  readonly examples?: Data | false;
  /**
   * How many rows of a table's data are written with the examples, for pages to draw behind samples: 400 by default, fewer if rows are
   * long; 0 for none.
   */
  readonly dataRows?: number;
  /**
   * Data that the cost of `int8` and `int4` is measured on: their validation part, else what `run` held out, else the test part; by default
   * those of `examples`. `int4` is found on the rest of the training part.
   */
  readonly measureOn?: Data;
  /**
   * How much −log p(y|x) may rise with `int8` or `int4`, in nats, or as a share of it such as `0.1%`; by default 0.05 nats or 0.1 %, with
   * `int4` 0.3 nats or 0.3 %, whichever is more. Layers that cost more keep their float32 weights, or with `int4` are `int8`.
   */
  readonly atMost?: AtMost;
  /**
   * The folder of the run that the weights come from, or the file in it: its examples are exported, and a model card reports its
   * metrics.
   */
  readonly run?: string;
  /**
   * Aborts the export, and leaves the folder as it was; a function is called for the signal when writing begins, since nothing is
   * lost before that.
   */
  readonly signal?: AbortSignal | (() => AbortSignal);
  /** Called with the progress of compiling or verifying a file, from 0 to 1. */
  readonly onProgress?: (file: string, stage: 'measure' | 'compile' | 'verify', done: number) => void;
}

type RulesOf<T> = Readonly<Record<keyof T, Rule>>;

const CALLBACK = callable('a function', 'give a function, or leave it out');
const NAME = rule('text', isText, 'say what the model is called');

const COMPILING = {
  recognition: flag,
  sampler: flag,
  evaluationSamples: whole('of samples', 'give how many z are drawn for each example, such as 100'),
  // The available versions are checked together with the graph.
  opset: rule('a number', (value) => typeof value === 'number', "give the version of ONNX's operators, such as 18"),
  optimise: flag,
  externalDataAbove: wholeFrom0('give the number of bytes of weights that a file may hold'),
  name: NAME,
  names: NAMES,
  display: rule(
    '{ temperature }, a positive number,',
    (value) => isPlain(value) && optionsRefusal({ temperature: above0() }, value, received) === undefined,
    'give what train returns as display',
  ),
};

const COMPILE: RulesOf<CompileOptions> = {
  ...COMPILING,
  exchangeable: flag,
  example: flag,
  precision: oneOf('float32', 'float16', 'int8'),
  keepFloat32: rule('a list of layers', isTexts, "give such as ['decoder/dense_3']"),
  onFile: CALLBACK,
};

const GOING_ON = {
  objective: OBJECTIVE,
  epochs: whole('', 'give how long schedules take'),
  optimiser: OPTIMISER,
  learningRate: above0('give one such as 1e-3'),
  auxiliary: rule('weights by name', isMap, 'pass the auxiliary weights that train or loadWeights returned'),
};

const TRAINING: RulesOf<ExportTrainingOptions> = { ...COMPILING, ...GOING_ON, onFile: CALLBACK };

const allOf = (rules: Rules) => (value: unknown) =>
  typeof value === 'boolean' || optionsRefusal(rules, value, received) === undefined;

const EXPORT: RulesOf<ExportOptions> = {
  ...COMPILING,
  precision: oneOf('float32', 'float16', 'int8', 'int4'),
  keepFloat32: COMPILE.keepFloat32,
  atMost: rule(
    "a number from 0, or a share such as '0.1%'",
    (value) => (typeof value === 'number' ? value >= 0 : typeof value === 'string' && /^\d+(\.\d+)?%$/.test(value)),
    'give how much the loss may rise',
  ),
  out: rule('a folder', isText, 'say where the files go'),
  training: rule(
    'true, false or { objective, epochs, optimiser, learningRate, auxiliary }',
    allOf(GOING_ON),
    'give true for what is usual',
  ),
  package: rule('true, false or { license }', allOf({ license: NAME }), "give one such as { license: 'MIT' }"),
  python: flag,
  target: oneOf('onnx', 'wasm'),
  examples: rule(
    'data or false',
    (value) => value === false || typeof value === 'function' || (typeof value === 'object' && value !== null),
    'give what the model was trained on, or leave it out',
  ),
  dataRows: wholeFrom0('give how many rows of the data pages may show'),
  measureOn: rule(
    'data',
    (value) => typeof value === 'function' || (typeof value === 'object' && value !== null),
    'give what the model was trained on',
  ),
  run: rule("a run's folder", isText, 'say where it is'),
  signal: rule(
    'an AbortSignal, or a function that gives one,',
    (value) => typeof value === 'function' || TRAIN_RULES.signal.holds(value),
    'give the signal of an AbortController',
  ),
  onProgress: CALLBACK,
};

/**
 * Checks a model and the options of `compile`. @throws InvalidModel for a value that is not a model, unknown options, invalid
 * values, and names of variables that the model has not.
 */
export const checkCompile = (model: unknown, options: unknown): void => checked('compile', COMPILE, model, options);

/** The same for an export for further training. */
export const checkExportTraining = (model: unknown, options: unknown): void =>
  checked('exportTraining', TRAINING, model, options);

/** The same for an export to a folder. */
export const checkExport = (model: unknown, options: unknown): void =>
  checked('exportModel', EXPORT, model, options, ['out']);

const checked = (
  where: string,
  rules: Rules,
  model: unknown,
  options: unknown,
  required: readonly string[] = [],
): void => {
  if (!isModel(model))
    throw new InvalidModel(
      `${where}: expected a model, got ${describe(model)}; pass the result of cvae(…) or predictor(…)`,
    );
  checkOptions(where, rules, options, required);
  const { names = {} }: { readonly names?: Names } = Object(options);
  checkNames(where, model, names);
};
