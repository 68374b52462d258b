import type { OnnxGraph } from '../onnx/graph.ts';
import { rawOffsets } from '../onnx/offsets.ts';
import type { StoredInitializer } from '../signature.ts';
import { originOf } from '../compiler/origin.ts';
import type { PackedModel } from './pack.ts';

/** Initializers that are derived from parameters, by their names: those in a file, and those in the external file next to it. */
export interface Exchangeable {
  readonly within: Readonly<Record<string, StoredInitializer>>;
  readonly external: Readonly<Record<string, StoredInitializer>>;
}

/**
 * Returns the locations, in the bytes of its files, of a graph's initializers that are derived from parameters, and their
 * derivations.
 */
export const exchangeable = ({ initializers }: OnnxGraph, { bytes, external }: PackedModel): Exchangeable => {
  const at = (offsets: ReadonlyMap<string, number> | undefined): Record<string, StoredInitializer> =>
    Object.fromEntries(
      [...initializers].flatMap(([name, tensor]) => {
        const [offset, from] = [offsets?.get(name), originOf(tensor)];
        return offset === undefined || !from ? [] : [[name, { offset, shape: tensor.shape, from }] as const];
      }),
    );
  return { within: at(rawOffsets(bytes)), external: at(external?.offsets) };
};
