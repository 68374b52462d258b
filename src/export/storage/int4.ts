import { namesOf } from '../../compiler/workspace.ts';
import { number } from '../../onnx/defaults.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { numbersOf, tensorOf } from '../../onnx/tensor.ts';
import { size } from '../../shape/size.ts';
import type { Calibration } from './calibrate.ts';
import { layerOf, type Kept } from './int8.ts';
import { matrixOf, type Matrix } from './matrix.ts';
import type { Codes } from './rounding.ts';

/**
 * Returns a graph whose large kernels take an eighth of the space: whole numbers from −8 to 7, two in a byte, with a scale for each block
 * of about 32 numbers that an output is made of. Nodes that all engines have unpack them, and onnxruntime computes these once, when it
 * loads the file. Kernels that the calibration does not know, and small ones, stay as they are.
 */
export const packed = (
  graph: OnnxGraph,
  calibration: Calibration,
  { exact = new Set(), layers = new Set() }: Kept = {},
): OnnxGraph => {
  const names = namesOf(graph);
  const matrices = matricesOf(graph);
  const initializers = new Map<string, OnnxTensor>();
  const nodes: OnnxNode[] = [];
  const shifted = new Map<string, OnnxTensor>();
  for (const [name, tensor] of graph.initializers) {
    const { matrix, bias } = matrices.get(name) ?? {};
    const isPacked = matrix && isLarge(matrix, tensor) && !exact.has(name) && !layers.has(layerOf(name));
    const codes = isPacked ? calibration.codes(name, tensor, matrix, bias !== undefined) : undefined;
    if (!matrix || !codes) {
      initializers.set(name, tensor);
      continue;
    }
    const biases = bias === undefined ? undefined : graph.initializers.get(bias);
    if (bias !== undefined && biases)
      shifted.set(
        bias,
        tensorOf(
          'float32',
          biases.shape,
          numbersOf(biases).map((value, i) => value + (codes.shifts[i] ?? 0)),
        ),
      );
    const put = (label: string, constant: OnnxTensor): string => {
      const own = names.fresh(`${name}/${label}`);
      initializers.set(own, constant);
      return own;
    };
    nodes.push(
      ...unpacking(name, tensor.shape, stored(matrix, codes), put, (label) => names.fresh(`${name}/${label}`)),
    );
  }
  for (const [name, tensor] of shifted) initializers.set(name, tensor);
  return nodes.length === 0 ? graph : { ...graph, nodes: [...nodes, ...graph.nodes], initializers };
};

/** Returns the layers of which a graph would have whole numbers of four bits. */
export const layersOf4 = (graph: OnnxGraph, calibration: Calibration, kept: Kept = {}): readonly string[] => {
  const { initializers } = packed(graph, calibration, kept);
  return [...new Set([...graph.initializers.keys()].filter((name) => !initializers.has(name)).map(layerOf))];
};

/** The fewest numbers of a kernel, and the fewest inputs of each output, of which int4 is smaller than int8. */
const [FEW, LEAST] = [4096, 64];

/** Whether a kernel becomes smaller with four bits than with eight. */
export const isLarge = ({ k }: Matrix, { shape }: OnnxTensor): boolean => k >= LEAST && size(shape) >= FEW;

/** What a graph must have for four bits to make it smaller, in words. */
export const LARGE = `one of at least ${FEW} numbers, ${LEAST} for each output`;

/** Whether a graph has kernels that are large enough for four bits. */
export const hasLarge = (graph: OnnxGraph): boolean =>
  [...matricesOf(graph)].some(([name, { matrix }]) => {
    const tensor = graph.initializers.get(name);
    return tensor !== undefined && isLarge(matrix, tensor);
  });

/** A kernel as a matrix, and the name of the bias that its outputs have, if nothing else has it. */
interface Product {
  readonly matrix: Matrix;
  readonly bias: string | undefined;
}

const matricesOf = ({ nodes, initializers }: OnnxGraph): ReadonlyMap<string, Product> => {
  const products = new Map<string, Product>();
  for (const node of nodes)
    for (const [input, name] of node.inputs.entries()) {
      const tensor = initializers.get(name);
      const matrix = tensor?.dtype === 'float32' ? matrixOf(node, input, tensor) : undefined;
      if (!matrix || products.has(name)) continue;
      const isPlain =
        node.op === 'Conv' || (node.op === 'Gemm' && number(node, 'alpha') === 1 && number(node, 'beta') === 1);
      const [, , bias = ''] = isPlain ? node.inputs : [];
      const isOwn = nodes.every(({ inputs }) => !inputs.includes(bias) || (inputs[1] === name && inputs[2] === bias));
      const fits = size(initializers.get(bias)?.shape ?? []) === matrix.n;
      products.set(name, { matrix, bias: isOwn && fits ? bias : undefined });
    }
  return products;
};

/** How a kernel's numbers lie in a file. */
interface Stored {
  /** Two numbers in a byte, plus 8: the lower bits are those of the first half. */
  readonly bytes: Uint8Array;
  /** The shape in which a scale is that of a block: [blocks, block, n], or [n, blocks, block]. */
  readonly blocks: readonly number[];
  readonly scales: OnnxTensor;
  /** The axis that has a last block that is not full, as a matrix, and its length; if there is one. */
  readonly cut: { readonly shape: readonly number[]; readonly axis: number; readonly length: number } | undefined;
}

const stored = ({ k, n, isTransposed }: Matrix, { codes, scales, block, isHalf }: Codes): Stored => {
  const count = Math.ceil(k / block);
  const whole = count * block;
  const padded = new Int8Array(Math.ceil((whole * n) / 2) * 2);
  for (let row = 0; row < k; row++)
    for (let column = 0; column < n; column++)
      padded[isTransposed ? column * whole + row : row * n + column] = codes[row * n + column] ?? 0;
  const half = padded.length / 2;
  const bytes = Uint8Array.from({ length: half }, (_, i) => (padded[i] ?? 0) + 8 + 16 * ((padded[half + i] ?? 0) + 8));
  const turned = isTransposed ? scales.map((_, i) => scales[(i % count) * n + Math.floor(i / count)] ?? 1) : scales;
  return {
    bytes,
    blocks: isTransposed ? [n, count, block] : [count, block, n],
    scales: tensorOf(isHalf ? 'float16' : 'float32', isTransposed ? [n, count, 1] : [count, 1, n], turned),
    cut:
      whole === k
        ? undefined
        : { shape: isTransposed ? [n, whole] : [whole, n], axis: isTransposed ? 1 : 0, length: k },
  };
};

/**
 * Returns the nodes that make float32 of a kernel's bytes:
 *
 *     c = Cast(bytes); high = Floor(c · 1/16); low = c − 16 · high
 *     kernel = Reshape(Reshape(Concat(low, high) − 8) · scales)
 */
const unpacking = (
  name: string,
  shape: readonly number[],
  { bytes, blocks, scales, cut }: Stored,
  put: (label: string, tensor: OnnxTensor) => string,
  fresh: (label: string) => string,
): readonly OnnxNode[] => {
  const nodes: OnnxNode[] = [];
  const add = (op: string, inputs: readonly string[], attributes: OnnxNode['attributes'] = {}, to?: string): string => {
    const output = to ?? fresh(`${nodes.length}`);
    nodes.push({ name: `${name}/${op}_${nodes.length}`, op, inputs, outputs: [output], attributes });
    return output;
  };
  const number = (value: number): string => put(`${value}`, tensorOf('float32', [], [value]));
  const ints = (values: readonly number[]): string => put('ints', tensorOf('int64', [values.length], values));
  const float = { to: 1 };
  const both = add('Cast', [put('int4', tensorOf('uint8', [bytes.length], bytes))], float);
  const high = add('Floor', [add('Mul', [both, number(1 / 16)])]);
  const low = add('Sub', [both, add('Mul', [high, number(16)])]);
  let codes = add('Sub', [add('Concat', [low, high], { axis: 0 }), number(8)]);
  if (size(blocks) < 2 * bytes.length) codes = add('Slice', [codes, ints([0]), ints([size(blocks)]), ints([0])]);
  const scale = put('scale', scales);
  const factors = scales.dtype === 'float16' ? add('Cast', [scale], float) : scale;
  let kernel = add('Mul', [add('Reshape', [codes, ints(blocks)]), factors]);
  if (cut) {
    kernel = add('Reshape', [kernel, ints(cut.shape)]);
    kernel = add('Slice', [kernel, ints([0]), ints([cut.length]), ints([cut.axis])]);
  }
  add('Reshape', [kernel, ints(shape)], {}, name);
  return nodes;
};
