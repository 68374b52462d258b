import { InvalidGraph } from '../errors.ts';
import { check } from '../onnx/check.ts';
import { decode } from '../onnx/decode.ts';
import { evaluate } from '../onnx/evaluate.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import { maskName } from '../values/mask-name.ts';
import { optimiserScalars, type Manifest, type TrainingSignature } from '../signature.ts';
import { decodeSafetensors } from '../weights/safetensors.ts';
import { costOf, limitsOf } from './cost.ts';
import { namingFile, type InferenceEngine, type Values } from './engine.ts';
import { readFileOf } from './read-exported.ts';
import { tensors } from './first-difference.ts';
import { realisticInputs } from './realistic-inputs.ts';

/**
 * Takes one step of an export for training in an engine and in the reference, from the state next to it, and returns the largest
 * difference between them: of the metrics, and of the optimiser's states, which are the gradients, each relative to the largest
 * of its numbers, or to a thousandth of the largest of its kind. New parameters are not compared: if a gradient is nothing but
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
): Promise<number> => {
  const bytes = await readFileOf(folder, training.step);
  const model = decode(bytes, { file: training.step.file });
  check(model);
  const { weights } = decodeSafetensors(await readFileOf(folder, training.state), training.state.file);
  const inputs = { ...Object.fromEntries(weights), ...batchOf(manifest, training) };
  const cost = costOf(model.graph, model.opset);
  let done = 0;
  const reference = evaluate(model.graph, tensors(only(inputs, model.graph.inputs)), {
    opset: model.opset,
    limits: limitsOf(cost, ROWS),
    onNode: (node) => onDone((done += cost.of(node) / cost.operations)),
  });
  const loaded = await namingFile(engine, training.step.file).load(bytes);
  try {
    const found = await loaded.run(only(inputs, model.graph.inputs));
    const compared = Object.entries(reference).flatMap(([name, tensor]) =>
      isParameter(name, weights) ? [] : [{ name, kind: kindOf(name), expected: numbersOf(tensor) }],
    );
    const most = new Map<string, number>();
    for (const { kind, expected } of compared) most.set(kind, Math.max(most.get(kind) ?? 0, largestOf(expected)));
    let worst = 0;
    for (const { name, kind, expected } of compared) {
      const difference = relative(found[name]?.data, expected, NOISE * (most.get(kind) ?? 0));
      if (!(difference <= TOLERANCE))
        throw new InvalidGraph(
          `${training.step.file}: expected ${name} from ${engine.name} to be that of the reference within 1e-4, got ${difference} apart; ` +
            `check the weights for numbers that are not finite, or report this with the definition`,
        );
      worst = Math.max(worst, difference);
    }
    return worst;
  } finally {
    await loaded.release();
  }
};

const TOLERANCE = 1e-4;
const ROWS = 2;

/** Returns a batch, its noise and the scalars of the first step. */
const batchOf = (manifest: Manifest, { batch, noise, scalars, optimiser, learningRate }: TrainingSignature): Values => {
  const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] });
  const masks = Object.keys(manifest.target.targets ?? { y: manifest.target }).flatMap((name) => {
    const shape = batch[maskName(name)];
    if (!shape) return [];
    return [[maskName(name), { data: new Float32Array(ROWS * size(shape)).fill(1), shape: [ROWS, ...shape] }] as const];
  });
  return {
    ...realisticInputs(manifest, { inputs: batch, outputs: {}, unused: [] }, ROWS),
    ...Object.fromEntries(masks),
    ...Object.fromEntries(
      Object.entries(noise).map(([name, { distribution, shape, lead }]) => {
        const rows = lead === 0 ? 1 : ROWS * lead;
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

/** Returns the kind of an output: `metrics`, or the optimiser's state that it belongs to, `next/velocity`. */
const kindOf = (output: string): string =>
  output
    .split('/')
    .slice(0, output.startsWith('next/') ? 2 : 1)
    .join('/');

/** If the numbers of an output are this much smaller than others of their kind, they may be nothing but rounding errors. */
const NOISE = 1e-3;

const largestOf = (numbers: Float64Array): number =>
  numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Returns the largest |a − b| over the largest |b|, or over `least` if all are smaller. */
const relative = (a: ArrayLike<number> | undefined, b: Float64Array, least: number): number => {
  let apart = 0;
  for (const [i, value] of b.entries()) {
    const difference = Math.abs((a?.[i] ?? NaN) - value);
    if (!(difference <= apart)) apart = difference;
  }
  return apart === 0 ? 0 : apart / Math.max(largestOf(b), least);
};
