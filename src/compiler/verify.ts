import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidFile, InvalidGraph } from '../errors.ts';
import { check } from '../onnx/check.ts';
import { decode } from '../onnx/decode.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxModel } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';
import { LABEL_KEY, MANIFEST_FILE, PARTS, type ExportedFile, type FileOnDisk, type Label } from '../signature.ts';
import type { Manifest, Part } from '../signature.ts';
import { sha256 } from '../weights/fingerprint.ts';
import { agrees, compare, firstRows } from './compare.ts';
import type { Engine, Values } from './engine.ts';
import { firstDifferent, tensors } from './locate.ts';
import { realistic } from './realistic.ts';

/** How far what an engine gives for a file is from what it should give. */
export interface Agreement {
  readonly part: Part;
  readonly output: string;
  /** What it was compared with: the reference, or a training backend by its name. */
  readonly with: string;
  /** The largest |a − b| at any batch size. */
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

/** The batch sizes at which files are compared: one, a few, many. */
export const BATCHES: readonly number[] = [1, 3, 64];

/**
 * Checks an exported folder against its manifest: sizes and SHA-256 of the files, what they say of themselves, their graphs,
 * and what `engine` gives for realistic inputs against the reference, |a − b| ≤ 1e-4 + 1e-4·|b|. Gives the differences.
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
  return agreements;
}

async function verifyFile(
  folder: string,
  manifest: Manifest,
  part: Part,
  file: ExportedFile,
  { engine, backend }: VerifyOptions,
): Promise<readonly Agreement[]> {
  const where = join(folder, file.file);
  const bytes = await read(folder, file);
  const external = file.external && { file: file.external.file, bytes: await read(folder, file.external) };
  const model = decode(bytes, {
    file: where,
    external: (location, offset, length) =>
      location === external?.file ? external.bytes.subarray(offset, offset + length) : new Uint8Array(),
  });
  check(model);
  checkLabel(where, model, manifest, part, file);

  const worst = new Map<string, Agreement>();
  const loaded = await engine.load(bytes, external);
  try {
    // Rows are independent and drawn one after another, so that the smaller batches are the first rows of the largest.
    const all = realistic(manifest, file, Math.max(...BATCHES));
    const reference = evaluate(model.graph, tensors(all));
    for (const batch of BATCHES) {
      const inputs = firstRows(all, batch);
      const found = await loaded.run(inputs);
      const trained = await backend?.run(part, inputs);
      for (const { name } of model.graph.outputs) {
        const whole = reference[name];
        const [rows = 1] = whole?.shape ?? [];
        const expected = whole && {
          data: numbersOf(whole).subarray(0, (whole.data.length / rows) * batch),
          shape: [batch, ...whole.shape.slice(1)],
        };
        if (!expected) continue;
        const note = async (other: string, numbers: Parameters<typeof compare>[1]): Promise<void> => {
          const difference = compare(found[name], numbers);
          if (!agrees(difference))
            throw await disagreement(where, name, batch, difference.largest, other, model, inputs, engine);
          const before = worst.get(`${name} ${other}`)?.difference ?? 0;
          worst.set(`${name} ${other}`, {
            part,
            output: name,
            with: other,
            difference: Math.max(before, difference.largest),
          });
        };
        await note('reference', expected);
        const own = trained?.[name];
        if (backend && own) await note(backend.name, own);
      }
    }
  } finally {
    await loaded.release();
  }
  return [...worst.values()];
}

/** A file's bytes, as many and the same as the manifest says. */
const read = async (folder: string, { file, bytes: length, sha256: hash }: FileOnDisk): Promise<Uint8Array> => {
  const where = join(folder, file);
  const refuse = (expected: string, got: string): never => {
    throw new InvalidFile(
      `${where}: expected ${expected}, as ${MANIFEST_FILE} says, got ${got}; export the model again`,
    );
  };
  const bytes = await readFile(where).catch(() => refuse(`a file of ${length} bytes`, 'none that can be read'));
  if (bytes.length !== length) refuse(`a file of ${length} bytes`, `${bytes.length}`);
  const found = sha256(bytes);
  if (found !== hash) refuse(`a file of SHA-256 ${hash.slice(0, 12)}…`, `${found.slice(0, 12)}…`);
  return bytes;
};

/** What a file says of itself is what the manifest says of it, and its graph takes and gives that. */
const checkLabel = (
  where: string,
  { graph, metadata }: OnnxModel,
  manifest: Manifest,
  part: Part,
  file: ExportedFile,
) => {
  const { files: _, ...signature } = manifest;
  const { inputs, outputs, unused } = file;
  const expected: Label = { ...signature, part, inputs, outputs, unused };
  if (canonical(parsed(metadata[LABEL_KEY])) !== canonical(expected))
    throw new InvalidFile(
      `${where}: expected the metadata that ${MANIFEST_FILE} gives, got others; export the model again`,
    );
  const shapes = (values: typeof graph.inputs) => values.map(({ name, dtype, shape }) => [name, dtype, shape.slice(1)]);
  const listed = (values: Label['inputs']) => Object.entries(values).map(([name, shape]) => [name, 'float32', shape]);
  for (const [what, found, said] of [
    ['inputs', shapes(graph.inputs), listed(inputs)],
    ['outputs', shapes(graph.outputs), listed(outputs)],
  ] as const)
    if (JSON.stringify(found) !== JSON.stringify(said))
      throw new InvalidFile(
        `${where}: expected the ${what} that ${MANIFEST_FILE} lists, got others; export the model again`,
      );
};

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
};

/** JSON with sorted keys. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const disagreement = async (
  where: string,
  output: string,
  batch: number,
  largest: number,
  other: string,
  model: OnnxModel,
  inputs: Values,
  engine: Engine,
): Promise<InvalidGraph> => {
  const node = other === 'reference' ? await firstDifferent(model, inputs, engine) : undefined;
  const from = node === undefined ? '' : `, first in node ${node}`;
  return new InvalidGraph(
    `${where}: expected ${output} from ${engine.name} to be that of the ${other} within 1e-4 + 1e-4·|${output}|, got ${largest} apart at batch ${batch}${from}; check the weights for numbers that are not finite, or report this with the definition`,
  );
};
