import { InvalidGraph } from '../errors.ts';
import { check } from '../onnx/check.ts';
import { decode } from '../onnx/decode.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxTensor } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import { maskName } from '../values/mask-name.ts';
import { optimiserScalars, type FileOnDisk, type Manifest, type TrainingSignature } from '../signature.ts';
import { decodeSafetensors } from '../weights/safetensors.ts';
import { costOf, limitsOf } from './cost.ts';
import { namingFile, type InferenceEngine, type Values } from './engine.ts';
import { readFileOf } from './read-exported.ts';
import { tensors } from './first-difference.ts';
import { realisticInputs } from './realistic-inputs.ts';
import { once } from '../values/once.ts';

/**
 * Takes one step of an export for training in an engine and in the reference, from the state next to it, and by the step's halves;
 * returns the largest differences between them: of the metrics, and of the optimiser's states, which are the gradients, each relative to the largest
 * of its numbers, or to a thousandth of the largest of its kind, or to what makes 16 times float32's rounding 1e-4. New parameters are not compared: if a gradient is nothing but
 * rounding errors, Adam turns them into full steps.
 *
 * @throws InvalidFile for a file that does not match the manifest; InvalidGraph for a step that computes other numbers.
 */
export const verifyTraining = async (
  folder: string,
  manifest: Manifest,
  training: TrainingSignature,
  engine: InferenceEngine,
  onDone: (done: number) => void = () => undefined,
): Promise<{ readonly step: number; readonly halves?: number }> => {
  const { bytes, model } = await readChecked(folder, training.step);
  const { weights } = decodeSafetensors(await readFileOf(folder, training.state), training.state.file);
  const outputs = model.graph.outputs.map(({ name }) => name);
  const rows = hasStatistics(outputs, weights) ? ROWS_OF_A_NORM : ROWS;
  const inputs = { ...Object.fromEntries(weights), ...batchOf(manifest, training, rows) };
  const cost = costOf(model.graph, model.opset);
  let done = 0;
  const taken = tensors(only(inputs, model.graph.inputs));
  const options = { opset: model.opset, limits: limitsOf(cost, rows) };
  const reference = evaluate(model.graph, taken, {
    ...options,
    onNode: (node) => onDone((done += cost.of(node) / cost.operations)),
  });
  const rounded = once(() => evaluate(model.graph, taken, { ...options, roundTo: 'float32' }));
  const loaded = await namingFile(engine, training.step.file).load(bytes);
  try {
    const found = await loaded.run(only(inputs, model.graph.inputs));
    const compared = Object.entries(reference).flatMap(([name, tensor]) =>
      isParameter(name, weights) ? [] : [comparedWith(tensor, rounded, name, found)],
    );
    const step = worstOf(training.step.file, engine.name, 'the reference', compared);
    const rounding = new Map(compared.map((one) => [one.name, one.rounding]));
    const halves = await verifyHalves(folder, training, engine, inputs, found, rounding);
    return { step, ...(halves !== undefined && { halves }) };
  } finally {
    await loaded.release();
  }
};

/** Reads a file of the manifest, and checks its graph. */
const readChecked = async (folder: string, listed: FileOnDisk) => {
  const bytes = await readFileOf(folder, listed);
  const model = decode(bytes, { file: listed.file });
  check(model);
  return { bytes, model };
};

/**
 * Takes the same step by the step's halves, and returns the largest difference of what both return from what the whole step does,
 * and of the update from the reference for the same gradients. Undefined for an export of an earlier version, which has no halves.
 */
const verifyHalves = async (
  folder: string,
  { step, gradient, update }: TrainingSignature,
  engine: InferenceEngine,
  inputs: Values,
  whole: Values,
  rounding: ReadonlyMap<string, Compared['rounding']>,
): Promise<number | undefined> => {
  if (!gradient || !update) return undefined;
  const run = async (listed: FileOnDisk, given: Values) => {
    const { bytes, model } = await readChecked(folder, listed);
    const loaded = await namingFile(engine, listed.file).load(bytes);
    const taken = only(given, model.graph.inputs);
    const found = await loaded.run(taken).finally(() => loaded.release());
    return { model, taken, found };
  };
  const first = await run(gradient, inputs);
  const second = await run(update, { ...inputs, ...first.found });
  const both = { ...first.found, ...second.found };
  const compared = Object.entries(whole).map(([name, { data }]): Compared => {
    const parameter = name.replace(/^next\//, '');
    const [from, by] = [inputs[parameter]?.data, first.found[`gradient/${parameter}`]?.data];
    const found = both[name]?.data;
    return from && by && found
      ? steps(name, from, by, data, found)
      : { name, expected: Float64Array.from(data), found, rounding: rounding.get(name) };
  });
  const { graph, opset } = second.model;
  const limits = limitsOf(costOf(graph, opset), ROWS_OF_A_NORM);
  const taken = tensors(second.taken);
  const reference = Object.entries(evaluate(graph, taken, { opset, limits }));
  const rounded = once(() => evaluate(graph, taken, { opset, limits, roundTo: 'float32' }));
  return Math.max(
    worstOf(`${gradient.file}, ${update.file}`, engine.name, step.file, compared),
    worstOf(
      update.file,
      engine.name,
      'the reference',
      reference.map(([name, tensor]) => comparedWith(tensor, rounded, name, second.found)),
    ),
  );
};

/**
 * Returns how far a step moves a parameter, by the whole step and by its halves: 0 for elements whose gradient may be nothing but
 * rounding errors, of which Adam makes full steps.
 */
const steps = (
  name: string,
  from: Float32Array,
  gradient: Float32Array,
  whole: Float32Array,
  halves: Float32Array,
): Compared => {
  const counts = NOISE * largestOf(gradient);
  const moved = (to: Float32Array): Float64Array =>
    Float64Array.from(to, (value, i) => (Math.abs(gradient[i] ?? 0) > counts ? value - (from[i] ?? NaN) : 0));
  // The new value was rounded to float32, which is an error of 1.2e-7 of it, not of the step.
  return { name, expected: moved(whole), found: moved(halves), least: 1e-2 * largestOf(from) };
};

/** An output: its expected numbers and those that were found, apart in units of the largest, or of `least` if that is larger. */
interface Compared {
  readonly name: string;
  readonly expected: Float64Array;
  readonly found: ArrayLike<number> | undefined;
  readonly least?: number;
  /** How far rounding to float32 alone takes any of them, which is computed only if they are further apart than is usual. */
  readonly rounding?: (() => number) | undefined;
}

const comparedWith = (
  reference: OnnxTensor,
  rounded: () => Readonly<Record<string, OnnxTensor>>,
  name: string,
  found: Values,
): Compared => {
  const expected = numbersOf(reference);
  const rounding = (): number => {
    const stored = rounded()[name];
    return stored ? apart(numbersOf(stored), expected) : 0;
  };
  return { name, expected, found: found[name]?.data, rounding };
};

/** Returns the largest difference of outputs from the expected ones. @throws InvalidGraph for more than the tolerance. */
const worstOf = (file: string, engine: string, source: string, compared: readonly Compared[]): number => {
  const most = new Map<string, number>();
  for (const { name, expected } of compared)
    most.set(kindOf(name), Math.max(most.get(kindOf(name)) ?? 0, largestOf(expected)));
  let worst = 0;
  for (const { name, expected, found, least, rounding } of compared) {
    const unit = least ?? leastOf(largestOf(expected), most.get(kindOf(name)) ?? 0);
    let difference = relative(found, expected, unit);
    if (!(difference <= TOLERANCE) && rounding)
      difference = relative(found, expected, Math.max(unit, (rounding() * SUMS) / TOLERANCE));
    if (!(difference <= TOLERANCE))
      throw new InvalidGraph(
        `${file}: expected ${name} from ${engine} to be that of ${source} within 1e-4, got ${difference} apart; ` +
          `check the weights for numbers that are not finite, or report this with the definition`,
      );
    worst = Math.max(worst, difference);
  }
  return worst;
};

const TOLERANCE = 1e-4;
/**
 * Numbers that are small because large ones cancel, such as the gradient of a norm's scale in front of another norm, have errors that no
 * engine can avoid. One that also sums in float32 was up to 5.4 times as far from the reference as rounding alone; this many are allowed.
 */
const SUMS = 16;
const ROWS = 2;
/**
 * Rows for models with running statistics: of two, a batch norm makes −1 and 1, whatever they are, so that in the gradients in front of
 * it nothing but rounding may be left.
 */
const ROWS_OF_A_NORM = 8;

/** Returns a batch, its noise and the scalars of the first step. */
const batchOf = (
  manifest: Manifest,
  { batch, noise, scalars, optimiser, learningRate }: TrainingSignature,
  count: number,
): Values => {
  const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });
  const masks = Object.keys(manifest.target.targets ?? { y: manifest.target }).flatMap((name) => {
    const shape = batch[maskName(name)];
    if (!shape) return [];
    return [
      [maskName(name), { data: new Float32Array(count * size(shape)).fill(1), shape: [count, ...shape] }] as const,
    ];
  });
  return {
    ...realisticInputs(manifest, { inputs: batch, outputs: {}, unused: [] }, count),
    ...Object.fromEntries(masks),
    ...Object.fromEntries(
      Object.entries(noise).map(([name, { distribution, shape, lead }]) => {
        const rows = lead === 0 ? 1 : count * lead;
        const key = stream(1, 'verify', name);
        const data = (distribution === 'normal' ? normals : uniforms)(key, rows, size(shape));
        return [name, { data, shape: lead === 0 ? shape : [rows, ...shape] }];
      }),
    ),
    ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, scalar(value)])),
    ...Object.fromEntries(
      Object.entries(optimiserScalars(optimiser, 1, learningRate)).map(([name, value]) => [
        `optimiser/${name}`,
        scalar(value),
      ]),
    ),
  };
};

/** Returns those of the values that are inputs of a graph. */
const only = (values: Values, inputs: readonly { readonly name: string }[]): Values => {
  const taken = new Set(inputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => taken.has(name)));
};

/** Whether an output is the next value of a parameter, rather than of an optimiser's state. */
const isParameter = (output: string, weights: ReadonlyMap<string, unknown>): boolean => {
  const name = output.replace(/^next\//, '');
  return name !== output && !weights.has(name.slice(name.indexOf('/') + 1));
};

/** Whether a step has new values of parameters without a state of the optimiser, where others have one: running statistics. */
const hasStatistics = (outputs: readonly string[], weights: ReadonlyMap<string, unknown>): boolean => {
  const named = (of: boolean) =>
    outputs.filter((output) => isParameter(output, weights) === of && output.startsWith('next/'));
  const moved = new Set(named(false).map((output) => output.replace(/^next\/[^/]*\//, '')));
  return moved.size > 0 && named(true).some((output) => !moved.has(output.replace(/^next\//, '')));
};

/** Returns the kind of an output: `metrics`, or the optimiser's state that it belongs to, `next/velocity`. */
const kindOf = (output: string): string =>
  output
    .split('/')
    .slice(0, output.startsWith('next/') ? 2 : 1)
    .join('/');

/** If the numbers of an output are this much smaller than others of their kind, they may be nothing but rounding errors. */
const NOISE = 1e-3;

/**
 * If the reference has this much smaller ones, they are exactly 0: the gradient of a bias before a norm, which takes it out again.
 * In float32 they are what is left of sums of large numbers.
 */
const ZERO = 1e-9;

/** Returns the number of which the difference of an output is a part, unless its own numbers are larger. */
const leastOf = (largest: number, most: number): number => (largest <= ZERO * most ? 0.1 : NOISE) * most;

const largestOf = (numbers: Float64Array | Float32Array): number => {
  let most = 0;
  for (const value of numbers) most = Math.max(most, Math.abs(value));
  return most;
};

/** Returns the largest |a − b| over the largest |b|, or over `least` if all are smaller. */
const relative = (a: ArrayLike<number> | undefined, b: Float64Array, least: number): number => {
  const difference = apart(a, b);
  return difference === 0 ? 0 : difference / Math.max(largestOf(b), least);
};

/** Returns the largest |a − b|. */
const apart = (a: ArrayLike<number> | undefined, b: Float64Array): number => {
  let most = 0;
  for (const [i, value] of b.entries()) {
    const difference = Math.abs((a?.[i] ?? NaN) - value);
    if (!(difference <= most)) most = difference;
  }
  return most;
};
