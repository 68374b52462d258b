import { InvalidData } from '../errors.ts';
import { exchange, type Block, type Leaf } from '../exchange.ts';
import { EXAMPLE_KEY, LABEL_KEY } from '../formats/keys.ts';
import { size } from '../shape/size.ts';
import type { ExportedFile, Scaling, Signature, WeightsFile } from '../signature.ts';
import { readMetadata, withoutMetadata } from './metadata.ts';
import type { ShapedArray } from './ort.ts';
import type { Source } from './sessions.ts';

/**
 * Returns the bytes of a file of an export for training with other weights, such as a trainer's, in place of its own: the same
 * bytes as in an export of these weights, except for the example, which belongs to the earlier weights and is left out.
 *
 * Throws an `InvalidData` for a parameter that is missing or of another size, and for data that were standardised differently
 * from those that the model was exported with.
 */
export const putWeights = (
  bytes: Uint8Array,
  { file, parameters, initializers }: Pick<ExportedFile, 'file' | 'parameters' | 'initializers'>,
  weights: ReadonlyMap<string, ShapedArray>,
): Uint8Array => {
  const stored = initializers ?? asTheyAre(parameters);
  if (!stored)
    throw new InvalidData(`${file}: expected a file of an export for training, got another; export it with --training`);
  // The file of external weights has no metadata.
  const isModel = file.endsWith('.onnx');
  if (isModel && initializers) checkScaling(bytes, file, weights);
  // A copy even of Node's Buffer, whose `slice` does not copy.
  const all = new Uint8Array(bytes);
  exchange(all, stored, (leaf) => blockOf(leaf, file, weights));
  return isModel ? withoutMetadata(all, EXAMPLE_KEY, file) : all;
};

/** Returns the bytes of a part with other weights, and those of the separate file of its weights, if there is one. */
export const withWeights = async (
  file: ExportedFile,
  get: (file: WeightsFile) => Promise<Uint8Array>,
  weights: ReadonlyMap<string, ShapedArray>,
): Promise<Pick<Source, 'bytes' | 'external'>> => {
  const { external } = file;
  const bytes = putWeights(await get(file), file, weights);
  return external ? { bytes, external: putWeights(await get(external), external, weights) } : { bytes };
};

/** Converts what an earlier version listed: parameters that are initializers unchanged. */
const asTheyAre = (parameters: ExportedFile['parameters']): ExportedFile['initializers'] =>
  parameters &&
  Object.fromEntries(
    Object.entries(parameters).map(([name, { offset, shape }]) => [
      name,
      { offset, shape, from: { op: 'parameter', name, shape } } as const,
    ]),
  );

const blockOf = (leaf: Leaf, file: string, weights: ReadonlyMap<string, ShapedArray>): Block => {
  const { shape } = leaf;
  if (leaf.op === 'constant') return { shape, data: Float64Array.from(leaf.values) };
  const { data } = weights.get(leaf.name) ?? { data: new Float32Array() };
  if (data.length === size(shape)) return { shape, data };
  throw new InvalidData(
    `${file}: expected ${size(shape)} numbers for ${leaf.name}, got ${data.length}; give the weights of this model`,
  );
};

/** Refuses weights that contain means and standard deviations of other data: model.json has those of the export. */
const checkScaling = (bytes: Uint8Array, file: string, weights: ReadonlyMap<string, ShapedArray>): void => {
  const text = readMetadata(bytes, file).get(LABEL_KEY);
  if (text === undefined) return;
  // As the compiler wrote it, verified by its SHA-256: without the schema, which a page need not load for it.
  const { conditions, target }: Partial<Signature> = Object(JSON.parse(text));
  const scalingOf = (name: string): Scaling | undefined =>
    (name === 'y' ? target : (target?.targets?.[name] ?? conditions?.[name]))?.scaling;
  for (const [name, { data }] of weights) {
    const [, variable = '', what] = /^scaling\/(.*)\/(mean|deviation)$/.exec(name) ?? [];
    if (what !== 'mean' && what !== 'deviation') continue;
    const own = scalingOf(variable)?.[what];
    if (data.some((value, i) => value !== Math.fround(own ? (own[i] ?? NaN) : what === 'mean' ? 0 : 1)))
      throw new InvalidData(
        `${name}: expected the one that ${file} was exported with, got another; export the model again with these weights`,
      );
  }
};
