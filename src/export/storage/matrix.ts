import { number, numbers, word } from '../../onnx/defaults.ts';
import type { OnnxNode, OnnxTensor } from '../../onnx/graph.ts';
import { numbersOf } from '../../onnx/tensor.ts';
import type { ShapedArray } from '../../runtime/ort.ts';
import { size } from '../../shape/size.ts';

/**
 * A kernel as a matrix [k, n]: each of its n columns is what one output makes of k inputs. Of a kernel for several directions, the
 * columns are in as many groups, each with inputs of its own.
 */
export interface Matrix {
  readonly k: number;
  readonly n: number;
  /** Whether the tensor has outputs first: [n, k]. */
  readonly isTransposed: boolean;
  readonly groups: number;
}

/** Which kernel a node has at an input, as a matrix; undefined for one that is none, or that is none for each group of channels. */
export const matrixOf = (node: OnnxNode, input: number, { shape }: OnnxTensor): Matrix | undefined => {
  const [first = 0, second = 0, ...rest] = shape;
  const rank = shape.length;
  const others = size(shape.slice(1));
  switch (node.op) {
    case 'Gemm':
      if (input !== 1 || number(node, 'transA') === 1) return undefined;
      return number(node, 'transB') === 1 ? transposed(second, first) : plain(first, second);
    case 'MatMul':
      return input === 1 && rank === 2 ? plain(first, second) : undefined;
    case 'Conv':
      return input === 1 && number(node, 'group') === 1 && word(node, 'auto_pad') === 'NOTSET'
        ? transposed(others, first)
        : undefined;
    // Its outputs are those of one product at each place of what it is given, added up.
    case 'ConvTranspose':
      return input === 1 && number(node, 'group') === 1 ? plain(first, others) : undefined;
    case 'GRU':
    case 'LSTM':
      if ((input !== 1 && input !== 2) || number(node, 'layout') === 1) return undefined;
      return { ...transposed(rest[0] ?? 0, first * second), groups: first };
    default:
      return undefined;
  }
};

const plain = (k: number, n: number): Matrix => ({ k, n, isTransposed: false, groups: 1 });
const transposed = (k: number, n: number): Matrix => ({ k, n, isTransposed: true, groups: 1 });

/** Returns the numbers of a kernel as those of its matrix, row by row. */
export const entriesOf = ({ k, n, isTransposed }: Matrix, tensor: OnnxTensor): Float64Array => {
  const all = numbersOf(tensor);
  if (!isTransposed) return all;
  return Float64Array.from({ length: k * n }, (_, i) => all[(i % n) * k + Math.floor(i / n)] ?? NaN);
};

/** A row of inputs: k numbers of an array, from a place on. */
export type Row = (data: Float32Array, from: number) => void;

/**
 * Calls `row` for the inputs of which a node with this kernel makes outputs, for one group of them: x is what the node is given, or, for
 * the second kernel of a recurrent network, all its states. Of a convolution, at most `most` of all places are taken.
 */
export const eachRow = (
  node: OnnxNode,
  { k, groups }: Matrix,
  {
    kernel,
    x,
    group,
    most,
  }: { readonly kernel: OnnxTensor; readonly x: ShapedArray; readonly group: number; readonly most: number },
  row: Row,
): void => {
  const isState = groups > 1 && x.shape.length === 4;
  if (node.op === 'Conv') patches(node, kernel.shape.slice(2), x, most, row);
  else if (node.op === 'ConvTranspose') columns(x, most, row);
  else
    for (let from = 0, i = 0; from + k <= x.data.length; from += k, i++) {
      // States are [T, directions, N, H].
      const batch = x.shape[2] ?? 1;
      if (!isState || Math.floor(i / batch) % groups === group) row(x.data, from);
    }
};

/** The channels at each place of [N, C, …]. */
const columns = ({ data, shape: [rows = 0, channels = 0, ...spatial] }: ShapedArray, most: number, row: Row): void => {
  const places = size(spatial);
  const column = new Float32Array(channels);
  for (const at of some(rows * places, most)) {
    const from = Math.floor(at / places) * channels * places + (at % places);
    for (let c = 0; c < channels; c++) column[c] = data[from + c * places] ?? 0;
    row(column, 0);
  }
};

/** What lies under a convolution's kernel: [C, …kernel] for each of its positions. */
const patches = (
  node: OnnxNode,
  kernel: readonly number[],
  { data, shape }: ShapedArray,
  most: number,
  row: Row,
): void => {
  const [rows = 0, channels = 0, ...spatial] = shape;
  const rank = spatial.length;
  const [strides, dilations] = [numbers(node, 'strides') ?? [], numbers(node, 'dilations') ?? []];
  const pads = numbers(node, 'pads') ?? [];
  const lengths = spatial.map((length, axis) => {
    const reach = (dilations[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return Math.floor((length + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0) - reach) / (strides[axis] ?? 1)) + 1;
  });
  const [places, taps, plane] = [size(lengths), size(kernel), size(spatial)];
  const patch = new Float32Array(channels * taps);
  for (const at of some(rows * places, most)) {
    const corner = indices(at % places, lengths).map((i, axis) => i * (strides[axis] ?? 1) - (pads[axis] ?? 0));
    for (let tap = 0; tap < taps; tap++) {
      const place = indices(tap, kernel).map((i, axis) => (corner[axis] ?? 0) + i * (dilations[axis] ?? 1));
      const isInside = place.every((i, axis) => i >= 0 && i < (spatial[axis] ?? 0));
      const flat = place.reduce((sum, i, axis) => sum * (spatial[axis] ?? 1) + i, 0);
      for (let c = 0; c < channels; c++)
        patch[c * taps + tap] = isInside ? (data[(Math.floor(at / places) * channels + c) * plane + flat] ?? 0) : 0;
    }
    row(patch, 0);
  }
};

/** Returns the index along each axis of an element. */
const indices = (element: number, shape: readonly number[]): readonly number[] => {
  let rest = element;
  return shape
    .toReversed()
    .map((length) => {
      const index = rest % length;
      rest = Math.floor(rest / length);
      return index;
    })
    .reverse();
};

/** Returns all of `count` places, or `most` of them that follow no pattern of rows and columns. */
const some = (count: number, most: number): readonly number[] => {
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => (i * STEP) % count);
};

/** A prime. */
const STEP = 7919;
