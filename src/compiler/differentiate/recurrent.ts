import { number, word } from '../../onnx/defaults.ts';
import type { OnnxBuilder, Result, Value } from '../../onnx/builder.ts';
import type { Dim, OnnxGraph, OnnxNode } from '../../onnx/graph.ts';
import { allReplacedBy } from '../replacements.ts';
import { rewriting } from '../rewrite.ts';
import { gru, lstm, type Cell, type Weights } from './cells.ts';
import { inside } from './moving.ts';

/**
 * Writes recurrent networks as Scans of their cells, whose gradient is known. The products with the inputs of all steps
 * are one product in front of it, so that the Scan repeats only what depends on the state; and so are those of its
 * gradient behind it.
 *
 *     GRU(x, W, R)  →  Scan(h; x·Wᵀ)
 */
export const recurrentAsScans = (graph: OnnxGraph, opset: number, applies: (node: OnnxNode) => boolean): OnnxGraph =>
  [...graph.nodes, ...inside(graph.nodes)].some(({ op }) => isRecurrent(op))
    ? rewriting((node, view) => {
        if (!isRecurrent(node.op) || !applies(node)) return undefined;
        const shape = view.type(node.inputs[0] ?? '')?.shape ?? [];
        return allReplacedBy(node, view, (onnx, inputs) => directions(onnx, node, inputs, shape));
      })(graph, opset)
    : graph;

const isRecurrent = (op: string): boolean => op === 'GRU' || op === 'LSTM';

const none: Value = { name: '' };

/** Writes all directions of a node, and its outputs: the hidden state of all steps, then the last of each state. */
const directions = (
  onnx: OnnxBuilder,
  node: OnnxNode,
  [x = none, w = none, r = none, b, lengths, ...initial]: readonly (Value | undefined)[],
  shape: readonly Dim[],
): readonly Value[] => {
  const units = number(node, 'hidden_size');
  const direction = word(node, 'direction');
  const count = direction === 'bidirectional' ? 2 : 1;
  const cell = node.op === 'GRU' ? gru(units, number(node, 'linear_before_reset') === 1) : lstm(units);
  const parts = (value: Value): readonly Value[] =>
    (count === 1 ? [value] : onnx.Split(value, [1, 1], { axis: 0 })).map((part) => onnx.Squeeze(part, [0]));
  const [ws, rs, bs] = [parts(w), parts(r), b && parts(b)];
  const first = range(cell.states).map((i) => {
    const given = initial[i];
    return given ? parts(given) : range(count).map(() => zeroState(onnx, x, units));
  });
  const present = lengths && presence(onnx, x, lengths);
  const runs = range(count).map((d) => {
    const half = cell.gates * units;
    const [forX, forH] = bs?.[d] ? onnx.Split(bs[d], [half, half], { axis: 0 }) : [];
    return run(onnx, cell, {
      input: { x, shape, ...(present && { present }) },
      weights: { w: ws[d] ?? none, r: rs[d] ?? none, ...(forX && forH && { shifts: [forX, forH] as const }) },
      state: first.map((one) => one[d] ?? none),
      units,
      backwards: d === 1 || direction === 'reverse',
    });
  });
  const joined = (k: number, axis: number): Value => {
    const [one = none, ...more] = runs.map((results) => onnx.Unsqueeze(results[k] ?? none, [axis]));
    return more.length === 0 ? one : onnx.Concat([one, ...more], { axis });
  };
  const all = joined(cell.states, 1);
  if (!lengths) return [all, ...range(cell.states).map((k) => joined(k, 0))];
  // Of an example without steps, onnxruntime gives 0.
  const some = onnx.Unsqueeze(onnx.Greater(lengths, onnx.constant(0, 'int32')), [0, 2]);
  return [all, ...range(cell.states).map((k) => onnx.Where(some, joined(k, 0), 0))];
};

/** One direction of a recurrent network. */
interface Run {
  readonly input: { readonly x: Value; readonly shape: readonly Dim[]; readonly present?: Value };
  readonly weights: Weights;
  readonly state: readonly Value[];
  readonly units: number;
  readonly backwards: boolean;
}

/** Writes the Scan of one direction: returns the last state, then the hidden state of all steps, [T, N, H]. */
const run = (onnx: OnnxBuilder, cell: Cell, { input, weights, state, units, backwards }: Run): readonly Value[] => {
  const {
    shape: [, examples = '?'],
    present,
  } = input;
  const products = productsOf(onnx, input, weights.w, cell.shift(onnx, weights), cell.gates * units);
  const row = [examples, units];
  const body = onnx.subgraph(
    'step',
    [
      ...state.map((_, i) => ({ name: `state${i}`, dtype: 'float32' as const, shape: row })),
      { name: 'products', dtype: 'float32', shape: [examples, cell.gates * units] },
      ...(present ? [{ name: 'present', dtype: 'bool' as const, shape: [examples, 1] }] : []),
    ],
    (...given) => {
      const before = given.slice(0, state.length);
      const [own = none, there] = given.slice(state.length);
      const made = cell.step(onnx, own, before, weights);
      const next = there ? made.map((value, i) => onnx.Where(there, value, before[i] ?? none)) : made;
      const [hidden = none] = made;
      const result = (value: Value): Result => ({ value, dtype: 'float32', shape: row });
      return [...next.map(result), result(there ? onnx.Where(there, hidden, 0) : hidden)];
    },
  );
  const turned = (count: number) => Array.from({ length: count }, () => 1);
  return onnx.Scan(state, present ? [products, present] : [products], body, {
    ...(backwards && { scan_input_directions: turned(present ? 2 : 1), scan_output_directions: turned(1) }),
  });
};

/** Writes the products of all steps' inputs with the weights of all gates, [T, N, G·H], as one. */
const productsOf = (
  onnx: OnnxBuilder,
  { x, shape: [steps = '?', , channels = '?'] }: Run['input'],
  w: Value,
  shift: Value | undefined,
  width: number,
): Value => {
  const ints = (...list: readonly number[]): Value => onnx.constant(list, 'int64');
  const rows =
    typeof channels === 'number'
      ? onnx.Reshape(x, [-1, channels])
      : onnx.Reshape(x, onnx.Concat([ints(-1), onnx.Slice(onnx.Shape(x), [2], [3])], { axis: 0 }));
  const products = onnx.Gemm(rows, w, shift, { transB: 1 });
  return typeof steps === 'number'
    ? onnx.Reshape(products, [steps, -1, width])
    : onnx.Reshape(products, onnx.Concat([onnx.Slice(onnx.Shape(x), [0], [2]), ints(width)], { axis: 0 }));
};

/** Returns zeros for each example, [N, H]. */
const zeroState = (onnx: OnnxBuilder, x: Value, units: number): Value => {
  const examples = onnx.Slice(onnx.Shape(x), [1], [2]);
  return onnx.Expand(onnx.constant(0), onnx.Concat([examples, onnx.constant([units], 'int64')], { axis: 0 }));
};

/** Returns whether each example has each step, [T, N, 1]. */
const presence = (onnx: OnnxBuilder, x: Value, lengths: Value): Value => {
  const steps = onnx.Gather(onnx.Shape(x), onnx.constant(0, 'int64'));
  const places = onnx.Range(onnx.constant(0, 'int64'), steps, onnx.constant(1, 'int64'));
  return onnx.Unsqueeze(onnx.Less(onnx.Unsqueeze(places, [1]), onnx.Cast(lengths, 'int64')), [2]);
};

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
