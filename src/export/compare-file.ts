import { unitsOf } from '../distance.ts';
import { InvalidGraph } from '../errors.ts';
import { readExample } from '../formats/example.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxModel, OnnxTensor } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { EXAMPLE_KEY, type ExportedFile, type Manifest, type Part } from '../signature.ts';
import { agrees, compare, INCOMPARABLE, firstRows, lastRow, rowsOf, type Difference, type Numeric } from './compare.ts';
import { composeSampler } from './compose-sampler.ts';
import { costOf, engineRows, limitsOf, referenceRows, type Cost } from './cost.ts';
import type { Loaded, Values } from './engine.ts';
import { firstDifferent, tensors } from './first-difference.ts';
import { distanceNearby } from './draw-stability.ts';
import { realisticInputs } from './realistic-inputs.ts';
import type { Agreement } from './verification.ts';
import type { VerifyOptions } from './verify-options.ts';

/** The name of the float64 reference among what files are compared with. */
export const REFERENCE = 'reference';

/** The batch sizes at which files are compared: one, a few, many; fewer than many for expensive files. */
const BATCHES: readonly [one: number, few: number, many: number] = [1, 3, 64];

/** Each example of an evaluation has as many rows as samples: a smaller number counts as many. */
const MANY_EVALUATED = 8;

/** Returns the tolerance of an output, in words. */
const tolerance = (output: string, { target }: Manifest): string =>
  unitsOf(output, target) ? '1e-4 of its standard deviation' : `1e-4 + 1e-4·|${output}|`;

/** A file that is compared: what it should be, and what runs it. */
export interface Compared {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly part: Part;
  readonly file: ExportedFile;
  readonly model: OnnxModel;
  readonly loaded: Loaded;
  readonly options: VerifyOptions;
}

/** Compares an engine's outputs for a file, at several batch sizes, with the expected ones. */
export async function compareFile(compared: Compared): Promise<readonly Agreement[]> {
  const { manifest, part, file, model, loaded, options } = compared;
  const worst = new Map<string, Agreement>();
  const agreed = (output: string, other: string, { relative }: Difference): void => {
    const key = `${output} ${other}`;
    worst.set(key, { part, output, with: other, difference: Math.max(worst.get(key)?.difference ?? 0, relative) });
  };
  const [one, few, many] = BATCHES;
  const cost = costOf(model.graph, model.opset);
  const largest = engineRows(cost, part === 'evaluation' ? MANY_EVALUATED : many);
  const rows = referenceRows(cost, largest);
  // Rows are independent, and drawn one after another: smaller batches are the first rows of the largest.
  const all = realisticInputs(manifest, file, largest);
  const known = rows === 1 && options.fresh === true && EXAMPLE_KEY in model.metadata;
  // A sampler is its prior and its decoder, which have already been compared.
  const shared = rows === 1 && !known && part === 'sampler' && manifest.files.decoder !== undefined;
  const reference = known || shared ? {} : referenceOf(compared, firstRows(all, rows), cost);
  const parts = shared ? await composeSampler(compared.folder, manifest, options.engine, firstRows(all, few)) : {};

  const example = async (): Promise<void> => {
    for (const [output, difference] of await compareExample(compared, known)) agreed(output, REFERENCE, difference);
  };
  if (known) await example();

  let before: Values = {};
  for (const batch of [one, few, largest]) {
    const inputs = firstRows(all, batch);
    const found = await loaded.run(inputs);
    const trained = (await options.backend?.run(part, inputs)) ?? {};
    for (const output of Object.keys(file.outputs)) {
      const [value, whole] = [found[output], reference[output]];
      const sources: readonly (readonly [string, Numeric | undefined])[] = [
        [REFERENCE, whole && rowsOf({ data: numbersOf(whole), shape: whole.shape }, Math.min(rows, batch))],
        [PARTS_OF_IT, batch === few ? parts[output] : undefined],
        [options.backend?.name ?? '', trained[output]],
        // Its output for a row must equal that for the row in a smaller batch, whose rows were compared.
        [OWN_ROWS, rows < batch ? before[output] : undefined],
      ];
      for (const [other, expected] of sources) {
        if (!expected) continue;
        const own = value && rowsOf(value, expected.shape[0] ?? 0);
        const apart = compare(own, expected, output, manifest.target);
        const difference =
          agrees(apart) || part !== 'draw' || !own
            ? apart
            : distanceNearby(
                model.graph,
                model.opset,
                firstRows(inputs, own.shape[0] ?? 0),
                output,
                own,
                manifest.target,
              );
        if (!agrees(difference)) throw await unlike(compared, output, other, difference, inputs);
        if (other !== OWN_ROWS) agreed(output, other === PARTS_OF_IT ? REFERENCE : other, difference);
      }
    }
    before = found;
  }
  if (rows < largest) await compareLast(compared, lastRow(all), lastRow(before));
  if (!known) await example();
  return [...worst.values()];
}

/** Compares a file's output for the last row of a batch with that for the row alone. */
const compareLast = async (compared: Compared, inputs: Values, before: Values): Promise<void> => {
  const { file, loaded, manifest } = compared;
  const alone = await loaded.run(inputs);
  for (const output of Object.keys(file.outputs)) {
    const [expected, found] = [alone[output], before[output]];
    const difference = expected ? compare(found, expected, output, manifest.target) : INCOMPARABLE;
    if (!agrees(difference)) throw await unlike(compared, output, OWN_ROWS, difference, inputs);
  }
};

/** The names of what rows of a batch are compared with instead of the reference. */
const OWN_ROWS = 'itself in a smaller batch';
const PARTS_OF_IT = 'the prior and the decoder';
const EXAMPLE = 'the example that the file carries';

/**
 * Runs a file on the example that it carries, and compares the outputs with it, as `selfTest` does at the consumer's. The outputs
 * of a `known` example were just computed by the reference.
 */
const compareExample = async (
  compared: Compared,
  known: boolean,
): Promise<readonly (readonly [output: string, difference: Difference])[]> => {
  const { manifest, file, model, loaded } = compared;
  const text = model.metadata[EXAMPLE_KEY];
  if (text === undefined) return [];
  const { inputs, outputs } = readExample(text, file);
  const given = Object.entries(file.inputs).map(
    ([name, shape]) => [name, { data: Float32Array.from(inputs[name] ?? []), shape: [1, ...shape] }] as const,
  );
  const row = Object.fromEntries(given);
  const found = await loaded.run(row);
  const differences: (readonly [string, Difference])[] = [];
  for (const [output, shape] of Object.entries(file.outputs)) {
    const expected = { data: Float64Array.from(outputs[output] ?? []), shape: [1, ...shape] };
    const difference = compare(found[output], expected, output, manifest.target);
    if (!agrees(difference)) throw await unlike(compared, output, known ? REFERENCE : EXAMPLE, difference, row);
    if (known) differences.push([output, difference]);
  }
  return differences;
};

/** Computes the reference outputs for some rows; reports progress. */
const referenceOf = (
  { file, model, options }: Compared,
  inputs: Values,
  cost: Cost,
): Readonly<Record<string, OnnxTensor>> => {
  let done = 0;
  return evaluate(model.graph, tensors(inputs), {
    opset: model.opset,
    limits: limitsOf(cost, Object.values(inputs)[0]?.shape[0] ?? 1),
    onNode: (node) => {
      done += cost.of(node);
      options.onFile?.(file.file, done / cost.operations);
    },
  });
};

/** Returns the error for an output that differs; if from the reference, with the first node that differs. */
const unlike = async (
  { manifest, file, model, options: { engine } }: Compared,
  output: string,
  other: string,
  { largest }: Difference,
  inputs: Values,
): Promise<InvalidGraph> => {
  const [batch = 1] = Object.values(inputs)[0]?.shape ?? [];
  const rows = referenceRows(costOf(model.graph, model.opset), batch);
  const node = other === REFERENCE ? await firstDifferent(model, firstRows(inputs, rows), engine) : undefined;
  const what = `that of ${other === REFERENCE ? 'the reference' : other}`;
  return new InvalidGraph(
    `${file.file}: expected ${output} from ${engine.name} to be ${what} within ${tolerance(output, manifest)}, ` +
      `got ${largest} apart at batch ${batch}${node === undefined ? '' : `, first in node ${node}`}; ` +
      `check the weights for numbers that are not finite, or report this with the definition`,
  );
};
