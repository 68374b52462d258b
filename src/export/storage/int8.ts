import { namesOf } from '../../compiler/workspace.ts';
import { subgraphs, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../../onnx/graph.ts';
import { numbersOf, tensorOf } from '../../onnx/tensor.ts';
import { size } from '../../shape/size.ts';

/** Which weights keep their numbers. */
export interface Kept {
  /** Initializers in the units of the data: `unitsIn`. */
  readonly exact?: ReadonlySet<string>;
  /** Layers, by name: `decoder/dense_2`. */
  readonly layers?: ReadonlySet<string>;
}

/**
 * Returns a graph whose kernels take a quarter of the space: each becomes whole numbers from −127 to 127 with a scale for each of its
 * output channels, and a `Cast` and a `Mul`, which onnxruntime computes once, when it loads the file. Everything else is computed in
 * float32. (`DequantizeLinear` would say the same, but lets engines quantise activations too, unasked.)
 */
export const quantised = (graph: OnnxGraph, { exact = new Set(), layers = new Set() }: Kept = {}): OnnxGraph => {
  const names = namesOf(graph);
  const axes = channelAxes(graph);
  const initializers = new Map<string, OnnxTensor>();
  const nodes: OnnxNode[] = [];
  for (const [name, tensor] of graph.initializers) {
    const channels = axes.get(name);
    const scales = channels && scalesOf(tensor, channels);
    const isWorth = scales && tensor.dtype === 'float32' && size(tensor.shape) >= WORTH * size(scales.shape);
    if (!isWorth || size(tensor.shape) < FEW || exact.has(name) || layers.has(layerOf(name))) {
      initializers.set(name, tensor);
      continue;
    }
    const [whole, scale, cast] = ['int8', 'scale', 'float32'].map((part) => names.fresh(`${name}/${part}`));
    if (whole === undefined || scale === undefined || cast === undefined) throw new Error('a name for each');
    initializers.set(whole, rounded(tensor, scales));
    initializers.set(scale, tensorOf('float32', scales.shape, scales.data));
    nodes.push(
      { name: `${name}/Cast`, op: 'Cast', inputs: [whole], outputs: [cast], attributes: { to: 1 } },
      { name: `${name}/Mul`, op: 'Mul', inputs: [cast, scale], outputs: [name], attributes: {} },
    );
  }
  return { ...graph, nodes: [...nodes, ...graph.nodes], initializers };
};

/** Returns the name of the layer that an initializer belongs to: `decoder/dense_2` of `decoder/dense_2/kernel`. */
export const layerOf = (name: string): string => name.replace(/\/[^/]*$/, '');

/** Returns the layers of which a graph would have whole numbers. */
export const layersIn = (graph: OnnxGraph, kept: Kept = {}): readonly string[] => {
  const { initializers } = quantised(graph, kept);
  return [...new Set([...graph.initializers.keys()].filter((name) => !initializers.has(name)).map(layerOf))];
};

/** Initializers of fewer numbers than this are not worth two further nodes. */
const FEW = 64;

/** The least number of numbers that share a scale. */
const WORTH = 4;

/** Returns the axes of kernels along which each index has a scale of its own, by initializer: those of a node's outputs. */
const channelAxes = ({ nodes, initializers }: OnnxGraph): ReadonlyMap<string, readonly number[]> => {
  const axes = new Map<string, readonly number[]>();
  for (const { op, inputs, attributes } of withNested(nodes))
    for (const [at, name] of inputs.entries()) {
      const rank = initializers.get(name)?.shape.length ?? 0;
      const own = rank < 2 ? undefined : AXES[op]?.(at, rank, attributes['transB'] === 1);
      if (own && !axes.has(name)) axes.set(name, own);
    }
  return axes;
};

/** Returns nodes with those of their nested graphs: of a decoder of steps, an evaluation has the kernels in a Scan. */
const withNested = (nodes: readonly OnnxNode[]): readonly OnnxNode[] =>
  nodes.flatMap((node) => [node, ...subgraphs(node).flatMap((held) => withNested(held.nodes))]);

/** The axes of the outputs of an operator's kernel, which is its input at this place. */
const AXES: Readonly<
  Record<string, (input: number, rank: number, transposed: boolean) => readonly number[] | undefined>
> = {
  Gemm: (input, _, transposed) => (input === 1 ? [transposed ? 0 : 1] : undefined),
  MatMul: (input, rank) => (input === 1 ? [rank - 1] : undefined),
  Conv: (input) => (input === 1 ? [0] : undefined),
  ConvTranspose: (input) => (input === 1 ? [1] : undefined),
  // Directions, and the units of all gates: of what is fed in, and of what is fed back.
  GRU: (input) => (input === 1 || input === 2 ? [0, 1] : undefined),
  LSTM: (input) => (input === 1 || input === 2 ? [0, 1] : undefined),
  // Rows of a table of vectors.
  Gather: (input) => (input === 0 ? [0] : undefined),
};

/** The scale of each channel, in a shape that broadcasts to the kernel's, and for each element of the kernel which it has. */
interface Scales {
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly of: (element: number) => number;
}

/**
 * A channel's largest magnitude is 127 of its scale. A channel of whole numbers up to that stays as it is: they may be a constant's, such as
 * zeros and ones that count or choose steps, and 127 times what float32 has of 1/127 is not 1.
 */
const scalesOf = (tensor: OnnxTensor, axes: readonly number[]): Scales => {
  const shape = tensor.shape.map((length, axis) => (axes.includes(axis) ? length : 1));
  const of = channelOf(tensor.shape, axes);
  const largest = new Float64Array(size(shape));
  const fractional = new Uint8Array(largest.length);
  for (const [i, value] of numbersOf(tensor).entries()) {
    const channel = of(i);
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value));
    if (!Number.isInteger(value)) fractional[channel] = 1;
  }
  const data = Float32Array.from(largest, (most, channel) => (most > 127 || fractional[channel] ? most / 127 : 1));
  return { shape, data, of };
};

const channelOf =
  (shape: readonly number[], axes: readonly number[]): Scales['of'] =>
  (element) => {
    let [rest, channel, stride] = [element, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] ?? 1;
      if (axes.includes(axis)) {
        channel += (rest % length) * stride;
        stride *= length;
      }
      rest = Math.floor(rest / length);
    }
    return channel;
  };

const rounded = (tensor: OnnxTensor, { data, of }: Scales): OnnxTensor =>
  tensorOf(
    'int8',
    tensor.shape,
    numbersOf(tensor).map((value, i) => Math.max(-127, Math.min(127, Math.round(value / (data[of(i)] ?? 1))))),
  );
