import { readExample } from '../formats/example.ts';
import { EXAMPLE_KEY } from '../formats/keys.ts';
import { MANIFEST_FILE } from '../formats/names.ts';
import type { Example, ExportedFile, FileOnDisk } from '../signature.ts';
import type { Manifest, WeightsFile } from '../signature.ts';
import { readMetadata, withMetadata } from './metadata.ts';
import { expect } from './options.ts';
import type { ShapedArray, Ort, OrtOptions } from './ort.ts';
import { withWeights } from './put-weights.ts';

/** What adapting an exported folder needs: its files, an onnxruntime, and a way to hash bytes. */
export interface Adapting {
  readonly get: (file: WeightsFile) => Promise<Uint8Array>;
  readonly ort: Ort;
  readonly how: OrtOptions;
  readonly sha256: (bytes: Uint8Array) => Promise<string>;
}

/**
 * Returns the files of an exported folder with other weights, by their names, including `model.json`. Each file's example has the
 * outputs computed here. The files for further training, and examples of data, are left out.
 */
export const adaptFiles = async (
  manifest: Manifest,
  weights: ReadonlyMap<string, ShapedArray>,
  { get, ort, how, sha256 }: Adapting,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const all = new Map<string, Uint8Array>();
  const listed = async (file: string, bytes: Uint8Array): Promise<FileOnDisk> => {
    all.set(file, bytes);
    return { file, bytes: bytes.length, sha256: await sha256(bytes) };
  };
  const files: Record<string, ExportedFile> = {};
  for (const [part, file] of Object.entries(manifest.files)) {
    const { initializers: _, parameters: __, external: beside, ...rest } = file;
    const before = await get(file);
    const put = await withWeights(file, (one) => (one === file ? Promise.resolve(before) : get(one)), weights);
    const example = await exampleOf(file, before, put, ort, how);
    const bytes = example ? withMetadata(put.bytes, EXAMPLE_KEY, JSON.stringify(example)) : put.bytes;
    const external = beside && put.external && (await listed(beside.file, put.external));
    files[part] = { ...rest, ...(await listed(file.file, bytes)), ...(external && { external }) };
  }
  const { training: ___, examples: ____, package: _____, module: ______, ...rest } = manifest;
  all.set(MANIFEST_FILE, new TextEncoder().encode(`${JSON.stringify({ ...rest, files }, null, 2)}\n`));
  return all;
};

/** Checks the options of `adapted`, which receives weights separately. @throws InvalidData if they include weights. */
export const withoutWeights = <T extends object>(options: T): T => {
  expect(Object(options).weights === undefined, 'weights', 'them before the options', Object(options).weights);
  return options;
};

/** Returns the example of a file with its current outputs; undefined for a file without one. */
const exampleOf = async (
  exported: ExportedFile,
  before: Uint8Array,
  { bytes, external }: { readonly bytes: Uint8Array; readonly external?: Uint8Array },
  ort: Ort,
  how: OrtOptions,
): Promise<Example | undefined> => {
  const { file, inputs: shapes, external: beside } = exported;
  const text = readMetadata(before, file).get(EXAMPLE_KEY);
  if (text === undefined) return undefined;
  const { inputs, digits = 6 } = readExample(text, exported);
  const data = beside && external && [{ path: beside.file, data: external }];
  const session = await ort.InferenceSession.create(bytes, { ...how, ...(data && { externalData: data }) });
  try {
    const feeds = Object.entries(shapes).map(
      ([name, shape]) =>
        [name, new ort.Tensor('float32', Float32Array.from(inputs[name] ?? []), [1, ...shape])] as const,
    );
    const found = await session.run(Object.fromEntries(feeds));
    const outputs = Object.entries(found).map(([name, tensor]) => {
      if (!(tensor.data instanceof Float32Array)) throw new TypeError(`${file}: output ${name} is not float32`);
      return [name, Array.from(tensor.data, (value) => Number(value.toPrecision(digits)))] as const;
    });
    return { inputs, outputs: Object.fromEntries(outputs), ...(digits !== 6 && { digits }) };
  } finally {
    await session.release();
  }
};
