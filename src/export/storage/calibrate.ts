import { unused } from '../../compiler/passes/unused.ts';
import { namesOf } from '../../compiler/workspace.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor, ValueInfo } from '../../onnx/graph.ts';
import { infer } from '../../onnx/infer.ts';
import type { Values } from '../engine.ts';
import { eachRow, entriesOf, matrixOf, type Matrix } from './matrix.ts';
import { blockOf, feedbackOf, roundedTo4, type Codes, type Sum } from './rounding.ts';

/** What the kernels of a model were given on examples of its data, by the kernels' names. */
export interface Calibration {
  /**
   * Returns a kernel rounded to four bits; undefined for one that nothing is known of.
   *
   * @param hasBias whether its outputs have a bias of their own, which can be shifted.
   */
  codes(name: string, tensor: OnnxTensor, matrix: Matrix, hasBias: boolean): Codes | undefined;
}

/** Runs a graph on examples, and passes on its outputs, some examples at a time. */
export type RunAll = (graph: OnnxGraph, each: (outputs: Values) => void) => Promise<void>;

/** Whether anything has to be known of a kernel. */
export type IsRounded = (name: string, kernel: OnnxTensor, matrix: Matrix) => boolean;

/**
 * Runs a graph on examples, and returns what its kernels were given there, as far as rounding them needs to know: the second moments of
 * their inputs. Kernels that are not rounded are not watched.
 */
export const calibrate = async (
  graph: OnnxGraph,
  opset: number,
  run: RunAll,
  isRounded: IsRounded = () => true,
): Promise<Calibration> => {
  const { seen, watched } = watching(graph, opset, isRounded);
  const sums = new Map<string, Sums>();
  await run(watched, (outputs) => {
    for (const { name, kernel, matrix, node, output } of seen) {
      const x = outputs[output];
      if (!x) throw new Error(`a calibration without ${output}`);
      const own = sums.get(name) ?? sumsOf(matrix);
      sums.set(name, own);
      own.forEach((chunks, group) =>
        eachRow(node, matrix, { kernel, x, group, most: PLACES }, (data, from) => addTo(chunks, data, from)),
      );
    }
  });
  const profiles = new Map(
    seen.map(({ name, kernel, matrix }) => [name, profileOf(entriesOf(matrix, kernel), matrix)]),
  );
  const feedbacks = new Map<string, Feedbacks>();
  const made = new WeakMap<OnnxTensor, Codes>();
  return {
    codes: (name, tensor, matrix, hasBias) => {
      const [own, profile] = [sums.get(name), profiles.get(name)];
      const before = made.get(tensor);
      if (!own || !profile || before) return before;
      const entries = entriesOf(matrix, tensor);
      if (!alike(profile, profileOf(entries, matrix))) return undefined;
      const key = `${name} ${hasBias}`;
      const feedback = feedbacks.get(key) ?? own.map((chunks) => chunks.map((sum) => feedbackOf(sum, hasBias)));
      feedbacks.set(key, feedback);
      const codes = roundedTo4(entries, matrix, feedback);
      made.set(tensor, codes);
      return codes;
    },
  };
};

type Feedbacks = readonly (readonly ReturnType<typeof feedbackOf>[])[];

/** A calibration that knows nothing: every kernel is rounded to the nearest. */
export const NEAREST: Calibration = {
  codes: (_, tensor, matrix) => roundedTo4(entriesOf(matrix, tensor), matrix, undefined),
};

/** The most places of a convolution that are looked at, of each of a run's batches. */
const PLACES = 1024;

/** A node that uses a kernel, and the output that shows what it is given. */
interface Seen {
  readonly name: string;
  readonly kernel: OnnxTensor;
  readonly matrix: Matrix;
  readonly node: OnnxNode;
  readonly output: string;
}

/** Returns a graph whose outputs are what its kernels are given. */
const watching = (
  graph: OnnxGraph,
  opset: number,
  isRounded: IsRounded,
): { readonly seen: readonly Seen[]; readonly watched: OnnxGraph } => {
  const types = infer(graph, opset);
  const names = namesOf(graph);
  const seen: Seen[] = [];
  const outputs: ValueInfo[] = [];
  const shown = new Map<string, string>();
  const copies: OnnxNode[] = [];
  const nodes = graph.nodes.map((node) => {
    let now = node;
    node.inputs.forEach((name, input) => {
      const kernel = graph.initializers.get(name);
      const matrix = kernel?.dtype === 'float32' ? matrixOf(node, input, kernel) : undefined;
      if (!kernel || !matrix || !isRounded(name, kernel, matrix)) return;
      // The second kernel of a recurrent network is given its states.
      const isRecurrent = (node.op === 'GRU' || node.op === 'LSTM') && input === 2;
      if (isRecurrent && !now.outputs[0])
        now = { ...now, outputs: [names.fresh(`${node.name}/states`), ...now.outputs.slice(1)] };
      const value = (isRecurrent ? now.outputs[0] : node.inputs[0]) ?? '';
      const output = shown.get(value) ?? names.fresh(`${value}/seen`);
      seen.push({ name, kernel, matrix, node, output });
      if (shown.has(value)) return;
      shown.set(value, output);
      const type = types.get(value);
      const shape = isRecurrent ? ['T', matrix.groups, 'N', matrix.k] : (type?.shape ?? []);
      outputs.push({ name: output, dtype: 'float32', shape });
      copies.push({ name: output, op: 'Identity', inputs: [value], outputs: [output], attributes: {} });
    });
    return now;
  });
  return { seen, watched: unused({ ...graph, nodes: [...nodes, ...copies], outputs }, opset) };
};

/** A sum that grows. */
type Growing = { -readonly [K in keyof Sum]: Sum[K] };
type Sums = readonly (readonly Growing[])[];

/** For each group, sums of as many rows as make up for each other: all of them, if they are few. */
const sumsOf = ({ k, groups }: Matrix): Sums => {
  const block = blockOf(k);
  const chunks = Math.ceil(k / MOST);
  const size = Math.ceil(k / chunks / block) * block;
  return Array.from({ length: groups }, () =>
    Array.from({ length: Math.ceil(k / size) }, (_, i) => {
      const own = Math.min(size, k - i * size);
      return {
        from: i * size,
        size: own,
        products: new Float64Array(own * own),
        totals: new Float64Array(own),
        count: 0,
      };
    }),
  );
};

/** The most rows that make up for each other: the work is the cube of that. */
const MOST = 1024;

const addTo = (chunks: readonly Growing[], data: Float32Array, start: number): void => {
  for (const chunk of chunks) {
    const { from, size, products, totals } = chunk;
    chunk.count++;
    for (let i = 0; i < size; i++) {
      const x = data[start + from + i] ?? 0;
      if (x === 0) continue;
      totals[i] = (totals[i] ?? 0) + x;
      const row = i * size;
      for (let j = 0; j <= i; j++) products[row + j] = (products[row + j] ?? 0) + x * (data[start + from + j] ?? 0);
    }
  }
};

/**
 * Returns how large the rows of a matrix are whose columns have the length 1. It stays as it is when columns change places or are scaled,
 * which is what passes do in one file and not in another.
 */
const profileOf = (entries: Float64Array, { k, n }: Matrix): Float64Array => {
  const squares = new Float64Array(n);
  entries.forEach((value, i) => (squares[i % n] = (squares[i % n] ?? 0) + value * value));
  const rows = new Float64Array(k);
  entries.forEach((value, i) => {
    const square = squares[i % n] ?? 0;
    if (square > 0) rows[Math.floor(i / n)] = (rows[Math.floor(i / n)] ?? 0) + (value * value) / square;
  });
  return rows;
};

const alike = (a: Float64Array, b: Float64Array): boolean =>
  a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) <= 1e-3 * value + 1e-9);
