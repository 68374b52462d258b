import { derive, type Block, type Leaf } from '../exchange.ts';
import { print } from '../onnx/print.ts';
import type { OnnxTensor } from '../onnx/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { Compiled } from './compile.ts';
import { originOf } from '../compiler/origin.ts';

/**
 * Verifies that other weights can replace those that a model was compiled with: that the files of `other`, compiled with
 * `weights`, are bit for bit those that the first manifest's derivations produce from them.
 */
export const checkExchange = ({ files }: Compiled, other: Compiled, weights: Weights): void => {
  for (const [part, file] of Object.entries(files)) {
    const [graph, expected] = [
      file.model.graph,
      Object.entries(other.files).find(([name]) => name === part)?.[1].model.graph,
    ];
    if (!expected || print(graph, { most: 0 }) !== print(expected, { most: 0 })) throw unlike(part, 'nodes');
    for (const [name, tensor] of graph.initializers) {
      const from = originOf(tensor);
      const found: OnnxTensor['data'] = from ? float32(derive(from, (leaf) => blockOf(leaf, weights))) : tensor.data;
      const data = expected.initializers.get(name)?.data ?? new Float32Array();
      if (found.length !== data.length || !found.every((value, i) => Object.is(value, data[i])))
        throw unlike(part, name);
    }
  }
};

const float32 = ({ data }: Block): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data));

const blockOf = (leaf: Leaf, weights: Weights): Block => {
  const { shape } = leaf;
  if (leaf.op === 'constant') return { shape, data: Float64Array.from(leaf.values) };
  return { shape, data: weights.get(leaf.name)?.data ?? new Float32Array() };
};

const unlike = (part: string, what: string): Error =>
  new Error(`${part}.onnx: ${what} would be others with other weights than what the manifest gives for them`);
