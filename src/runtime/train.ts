import { distributionOf } from '../distributions/data/table.ts';
import { InvalidData, InvalidFile, Unavailable, reasonOf } from '../errors.ts';
import { size } from '../shape/size.ts';
import { brief } from '../values/brief.ts';
import { farthest } from '../values/farthest.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import { fillNormals, fillUniforms, stream } from '../random.ts';
import { optimiserScalars, type Manifest, type TrainingSignature } from '../signature.ts';
import { closable, type Closable } from './calls.ts';
import { checkOpenOptions, type Backend, type OpenOptions } from './open-options.ts';
import { maskVariable, targetVariable } from './example.ts';
import { checkFaults } from './faults.ts';
import { dataOf, holdState } from './held-state.ts';
import { expect } from './options.ts';
import type { ShapedArray, Ort, OrtOptions, OrtSession, OrtTensor } from './ort.ts';
import type { State } from './state.ts';
import { encodeAll, type Rows, type Variable } from './values.ts';
import type { Encoded } from './variable.ts';

/** The options for training an exported model further. */
export interface TrainerOptions {
  /** The random seed of all noise: 1. The same seed, state and batches on the same machine give the same weights. */
  readonly seed?: number;
  /** The learning rate; by default the one it was exported with. */
  readonly learningRate?: number;
}

/** An exported model in training: takes examples, returns weights. */
export interface Trainer extends Closable {
  /** What computes the steps, and the reason if it is not what was requested. */
  readonly backend: Backend;
  /**
   * Takes one step for a batch: a value for each example of every condition (or one that all share), of `y` and, if there is one,
   * of `mask` (of several targets each by its name, and `rain_mask`), which follows from what is null unless it is given, in the forms that
   * the model of `open` takes. The y of a Bernoulli is given as numbers from 0 to 1, bytes from 0 to 255 (or all 0 and 1), or an
   * `ImageData`. Returns the loss and its parts, computed before the step, in nats.
   *
   * @throws InvalidData for values that do not fit, and if the loss, or the state after the step, is not finite: then no step was
   * taken.
   */
  step(batch: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, number>>>;
  /** Returns the current parameters, also after `close`, by their full names: `decoder/dense_1/kernel`. */
  weights(): Promise<ReadonlyMap<string, ShapedArray>>;
}

/** Returns what a manifest says about training; throws an `InvalidFile` that begins with `where` if it says nothing. */
export const trainingOf = ({ name, training }: Manifest, where: string): TrainingSignature => {
  if (training) return training;
  throw new InvalidFile(
    `${where}: expected an export for training, got one of ${name} for use only; export it with --training`,
  );
};

/** Creates a trainer from the graph of a step and the initial state. It is independent of the platform. */
export const createTrainer = async (
  ort: Ort,
  manifest: Manifest,
  training: TrainingSignature,
  { bytes, where }: { readonly bytes: Uint8Array; readonly where: string },
  { arrays, step: before }: State,
  how: OrtOptions,
  { seed = 1, learningRate = training.learningRate }: TrainerOptions,
): Promise<Omit<Trainer, 'backend'>> => {
  checkNumbers(seed, learningRate);
  const variables = variablesOf(manifest, training);
  const session: OrtSession = await ort.InferenceSession.create(bytes, { ...how }).catch((error: unknown) => {
    throw new InvalidFile(
      `${where}: expected a file that onnxruntime loads, got "${reasonOf(error)}"; export the model again`,
    );
  });
  await checkStep(session, training, arrays, where);
  const tensor = (data: Float32Array, shape: readonly number[]): OrtTensor => new ort.Tensor('float32', data, shape);
  const held = holdState(session, new Map([...arrays].map(([name, { data, shape }]) => [name, tensor(data, shape)])));
  let taken = before;
  let closed = false;
  let left: ReadonlyMap<string, ShapedArray> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const feedsFor = feedsOf(tensor, training, seed, learningRate);

  const take = async (batch: Readonly<Record<string, unknown>>): Promise<Record<string, number>> => {
    if (closed) throw new Unavailable(`${manifest.name}: expected an open trainer, got a closed one; open it again`);
    const { rows, values } = await batchOf(manifest, variables, batch);
    const step = taken + 1;
    const stepped = await held.step(feedsFor(values, rows, step)).catch((error: unknown) => {
      throw new InvalidFile(
        `${where}: expected a step that takes the batch and the state, got "${reasonOf(error)}"; export the model again`,
      );
    });
    const checkFinite = (what: string, value: number | undefined): void => {
      if (value === undefined || Number.isFinite(value)) return;
      const remedy =
        taken === before
          ? `no learning rate helps at the first step, whose batch has ${farthest(spreadsOf(variables, values)).text}; give values in the units of the data that the model was trained on`
          : `lower the learning rate, now ${learningRate}, or look for extreme values in the batch`;
      throw new InvalidData(`step ${step}: expected a finite ${what}, got ${value}; ${remedy}`);
    };
    const metrics = training.metrics.map(
      (name) => [name, dataOf(stepped.results[`metrics/${name}`])[0] ?? NaN] as const,
    );
    for (const [name, value] of metrics) if (name === 'loss') checkFinite(name, value);
    // After a gradient whose square overflows float32, Adam would never move the parameter again.
    if (stepped.unbounded) checkFinite(`number in ${stepped.unbounded[0]}`, stepped.unbounded[1]);
    stepped.keep();
    taken = step;
    return Object.fromEntries(metrics);
  };

  /** Runs tasks one after the other: each step begins from the state that the previous one left. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const run = last.then(task, task);
    last = run.catch(() => undefined);
    return run;
  };

  return {
    step: (batch) => inTurn(() => take(batch)),
    weights: () =>
      inTurn(async () => {
        const all = closed && left ? left : await held.read();
        return new Map([...all].filter(([name]) => !isRemembered(name, arrays)));
      }),
    ...closable(() =>
      inTurn(async () => {
        if (closed) return;
        // Weights can be asked for afterwards.
        left = await held.read().catch(() => undefined);
        closed = true;
        await session.release();
      }),
    ),
  };
};

type ToTensor = (data: Float32Array, shape: readonly number[]) => OrtTensor;

/** Returns the values of a batch. @throws InvalidData for values that do not fit. */
const batchOf = async (
  manifest: Manifest,
  variables: Readonly<Record<string, Variable>>,
  batch: Readonly<Record<string, unknown>>,
): Promise<Encoded> => {
  const { rows, values: given } = await encodeAll(variables, batch);
  const values = withRest(manifest, batch, given);
  checkTargets(manifest, batch, values, rows);
  checkFaults(manifest, values);
  return { rows, values };
};

/**
 * Checks the targets of a batch.
 *
 * @throws InvalidData unless there is a y for each example, and as many rows of a mask; and for a target of which nothing is missing, without
 * the mask that it should come with.
 */
const checkTargets = (
  { target, conditions }: Manifest,
  batch: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, Rows>>,
  rows: number,
): void => {
  const names = Object.keys(target.targets ?? { y: target });
  for (const name of [...names, ...names.map(maskName)])
    if (values[name] && values[name].rows !== rows)
      throw new InvalidData(
        `${name}: expected ${rows} values, one for each example of the batch, got ${values[name].rows}; give as many as there are conditions`,
      );
  const known = Object.values(conditions).map(({ knownOf }) => knownOf);
  for (const name of names) {
    const mask = maskName(name);
    if (known.includes(name)) continue;
    if (batch[mask] === undefined && values[mask]?.data.every((counts) => counts === 1))
      throw new InvalidData(
        `${mask}: expected the mask of ${name}, of which nothing is null, got none; give 1 for each element that counts and 0 for the others`,
      );
  }
};

/**
 * Returns values with the masks of targets of which parts are known, unless those are given: only the rest counts, as in training.
 */
const withRest = (
  { conditions }: Manifest,
  batch: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, Rows>>,
): Readonly<Record<string, Rows>> => {
  const rest = Object.entries(conditions).flatMap(([name, { knownOf }]): [string, Rows][] => {
    const mask = knownOf === undefined ? '' : maskName(knownOf);
    const [counts, known] = [own(values, mask), own(values, maskName(name))];
    if (!counts || !known || batch[mask] !== undefined) return [];
    const rows = Math.max(counts.rows, known.rows);
    const parts = repeated(known, rows);
    const data = repeated(counts, rows).map((count, i) => count * (1 - (parts[i] ?? 0)));
    return [[mask, { rows, size: counts.size, data }]];
  });
  return { ...values, ...Object.fromEntries(rest) };
};

/** Builds the inputs of a step in addition to the state. */
const feedsOf =
  (tensor: ToTensor, training: TrainingSignature, seed: number, learningRate: number) =>
  (values: Readonly<Record<string, Rows>>, rows: number, step: number): Readonly<Record<string, OrtTensor>> => {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, shape] of Object.entries(training.batch))
      feeds[name] = tensor(repeated(given(values[name], name), rows), [rows, ...shape]);
    for (const [name, { distribution, shape, lead }] of Object.entries(training.noise)) {
      const fill = distribution === 'normal' ? fillNormals : fillUniforms;
      const length = size(shape) * Math.max(lead, 1);
      const data = new Float32Array(lead === 0 ? length : rows * length);
      const noise = fill(data, stream(seed, 'noise', name, step), length);
      feeds[name] = tensor(noise, lead === 0 ? shape : [rows * lead, ...shape]);
    }
    for (const [name, value] of Object.entries(training.scalars)) feeds[name] = tensor(Float32Array.of(value), []);
    for (const [name, value] of Object.entries(optimiserScalars(training.optimiser, step, learningRate)))
      feeds[`optimiser/${name}`] = tensor(Float32Array.of(value), []);
    return feeds;
  };

/** Refuses a step that needs inputs that neither the manifest nor the state has, or lacks outputs that the manifest lists. */
const checkStep = async (
  session: OrtSession,
  training: TrainingSignature,
  state: State['arrays'],
  where: string,
): Promise<void> => {
  const { batch, noise, scalars, metrics, optimiser, learningRate } = training;
  const own = Object.keys(optimiserScalars(optimiser, 1, learningRate)).map((name) => `optimiser/${name}`);
  const known = new Set([...Object.keys({ ...batch, ...noise, ...scalars }), ...own, ...state.keys()]);
  const refuse = async (expected: string, got: string): Promise<never> => {
    await session.release();
    throw new InvalidFile(`${where}: expected ${expected}, got ${got}; export the model again`);
  };
  const input = session.inputNames.find((name) => !known.has(name));
  if (input !== undefined)
    await refuse('a step whose inputs are in model.json or in the state', `one that takes ${brief(input)}`);
  const output = metrics.find((name) => !session.outputNames.includes(`metrics/${name}`));
  if (output !== undefined) await refuse('a step that gives all metrics of model.json', `one without ${brief(output)}`);
};

/** Whether a name is that of an optimiser's state: `velocity/` and the name of a parameter. */
const isRemembered = (name: string, state: ReadonlyMap<string, unknown>): boolean =>
  state.has(name.slice(name.indexOf('/') + 1)) && name.includes('/');

/** Returns the variables of a batch. Conditions that the step does not take may be given too. */
const variablesOf = ({ conditions, target }: Manifest, { batch }: TrainingSignature): Record<string, Variable> => {
  const own = Object.entries(target.targets ?? { y: target }).flatMap(([name, one]): [string, Variable][] => {
    const mask = batch[maskName(name)];
    const variable = targetVariable(one, distributionOf(one));
    return mask
      ? [
          [name, { ...variable, mask: true }],
          [maskName(name), { ...maskVariable(mask), maskOf: name }],
        ]
      : [[name, variable]];
  });
  return { ...conditions, ...Object.fromEntries(own) };
};

/** Returns the numbers of a batch, by variable. */
const spreadsOf = (variables: Readonly<Record<string, Variable>>, values: Readonly<Record<string, Rows>>) => {
  const masks = new Set(Object.keys(variables).map(maskName));
  return Object.entries(variables).flatMap(([name, { kind, scaling }]) => {
    const data = values[name]?.data;
    return data && kind !== 'categorical' && !masks.has(name) ? [{ name, data, scaling }] : [];
  });
};

/** Checks a trainer's options: its own, and those of `open`. @throws InvalidData for invalid ones. */
export const checkTrainerOptions = (options: TrainerOptions & OpenOptions) => {
  expect({}.toString.call(options) === '[object Object]', 'options', 'an object', options);
  const { seed, learningRate, ...how } = options;
  expect(how.weights === undefined, 'weights', 'none, as training continues from those of the state', how.weights);
  const own = { ...(seed !== undefined && { seed }), ...(learningRate !== undefined && { learningRate }) };
  return { own, how: checkOpenOptions(how) };
};

/** Repeats a value of one row for each row. */
const repeated = ({ rows: own, size, data }: Rows, rows: number): Float32Array => {
  if (own === rows) return data;
  const all = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) all.set(data, row * size);
  return all;
};

const checkNumbers = (seed: number, learningRate: number): void => {
  expect(Number.isSafeInteger(seed) && seed >= 0, 'seed', 'a whole number from 0 to 9007199254740991', seed);
  expect(Number.isFinite(learningRate) && learningRate > 0, 'learningRate', 'a positive number', learningRate);
};

const given = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new RangeError(`train: ${name} is missing`);
  return value;
};
