import { isInUnits } from '../distance.ts';
import { InvalidGraph } from '../errors.ts';
import { evaluate } from '../onnx/evaluate.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { PARTS, type ExportedFile, type Manifest, type Part } from '../signature.ts';
import { agrees, compare, firstRows, rowsOf } from './compare.ts';
import type { Engine, Values } from './engine.ts';
import { readExported, readFileOf } from './exported.ts';
import { firstDifferent, tensors } from './locate.ts';
import { realistic } from './realistic.ts';
import { verifyTraining } from './verify-training.ts';

/** How far what an engine gives for a file is from what it should give. */
export interface Agreement {
  readonly part: Part | 'training';
  readonly output: string;
  /** What it was compared with: the reference, or a training backend by its name. */
  readonly with: string;
  /** The largest |a − b| at any batch size; of y, where the data were standardised, in its standard deviations. */
  readonly difference: number;
}

/** A training backend: what a part gives there for these inputs, computed from the definition and the weights. */
export interface Backend {
  readonly name: string;
  run(part: Part, inputs: Values): Promise<Values>;
}

/** What `verify` is handed. */
export interface VerifyOptions {
  /** What runs the files: onnxruntime, as their users run them. */
  readonly engine: Engine;
  /** Computes the same from the definition, where that is at hand. */
  readonly backend?: Backend;
  /** Is told of each file before it is compared, which takes seconds for large ones. */
  readonly onFile?: (file: string) => void;
}

/** What the float64 reference is called among what files are compared with. */
const REFERENCE = 'reference';

/** The batch sizes at which files are compared: one, a few, many. */
export const BATCHES: readonly number[] = [1, 3, 64];

/** Each example of an evaluation is as many rows as it has samples: fewer are many. */
const batchesOf = (part: Part): readonly number[] => (part === 'evaluation' ? [1, 3, 8] : BATCHES);

/**
 * Checks an exported folder against its manifest: sizes and SHA-256 of the files, what they say of themselves, their graphs,
 * and what `engine` gives for realistic inputs against the reference, |a − b| ≤ 1e-4 + 1e-4·|b|, of y in its standard deviations.
 * Returns the differences.
 *
 * @throws InvalidFile for a file that is not as the manifest says; InvalidGraph for a graph that is wrong, or that gives
 * other numbers, with the first node that differs.
 */
export async function verify(
  folder: string,
  manifest: Manifest,
  options: VerifyOptions,
): Promise<readonly Agreement[]> {
  const agreements: Agreement[] = [];
  for (const part of PARTS) {
    const file = manifest.files[part];
    if (!file) continue;
    options.onFile?.(file.file);
    agreements.push(...(await verifyFile(folder, manifest, part, file, options)));
  }
  const { training, examples } = manifest;
  if (examples) await readFileOf(folder, examples);
  if (training) {
    options.onFile?.(training.step.file);
    const difference = await verifyTraining(folder, manifest, training, options.engine);
    agreements.push({ part: 'training', output: 'gradients', with: REFERENCE, difference });
  }
  return agreements;
}

/** The tolerance of an output, in words. */
const tolerance = (output: string, { target }: Manifest): string =>
  isInUnits(output) && target.scaling ? '1e-4 of its standard deviation' : `1e-4 + 1e-4·|${output}|`;

async function verifyFile(
  folder: string,
  manifest: Manifest,
  part: Part,
  file: ExportedFile,
  { engine, backend }: VerifyOptions,
): Promise<readonly Agreement[]> {
  const { bytes, external, model } = await readExported(folder, manifest, part, file);
  const worst = new Map<string, Agreement>();
  const loaded = await engine.load(bytes, external).catch((error: unknown) => {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    throw new InvalidGraph(
      `${file.file}: expected a file that ${engine.name} loads, got "${reason}"; report this with the definition`,
    );
  });
  try {
    // Rows are independent, and drawn one after another: smaller batches are the first rows of the largest.
    const batches = batchesOf(part);
    const all = realistic(manifest, file, Math.max(...batches));
    const reference = evaluate(model.graph, tensors(all));
    for (const batch of batches) {
      const inputs = firstRows(all, batch);
      const found = await loaded.run(inputs);
      const trained = (await backend?.run(part, inputs)) ?? {};
      for (const [output, expected] of Object.entries(reference)) {
        const whole = { data: numbersOf(expected), shape: expected.shape };
        const own = trained[output];
        const others = [
          [REFERENCE, rowsOf(whole, batch)] as const,
          ...(backend && own ? [[backend.name, own] as const] : []),
        ];
        for (const [other, numbers] of others) {
          const difference = compare(found[output], numbers, output, manifest.target);
          if (!agrees(difference)) {
            const node = other === REFERENCE ? await firstDifferent(model, inputs, engine) : undefined;
            throw new InvalidGraph(
              `${file.file}: expected ${output} from ${engine.name} to be that of ${other === REFERENCE ? 'the reference' : other} within ${tolerance(output, manifest)}, ` +
                `got ${difference.largest} apart at batch ${batch}${node === undefined ? '' : `, first in node ${node}`}; ` +
                `check the weights for numbers that are not finite, or report this with the definition`,
            );
          }
          const key = `${output} ${other}`;
          const largest = Math.max(worst.get(key)?.difference ?? 0, difference.largest);
          worst.set(key, { part, output, with: other, difference: largest });
        }
      }
    }
  } finally {
    await loaded.release();
  }
  return [...worst.values()];
}
