import type { OnnxBuilder, Result, Value } from '../../../src/onnx/builder.ts';
import type { Dim, ValueInfo } from '../../../src/onnx/graph.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import type { Case } from '../numeric.ts';

const none: Value = { name: '' };

const float = (name: string, ...shape: readonly Dim[]): ValueInfo => ({ name, dtype: 'float32', shape });
const result = (value: Value, ...shape: readonly Dim[]): Result => ({ value, dtype: 'float32', shape });

/** Some values in a row. */
const joined = (onnx: OnnxBuilder, ...values: readonly Value[]): Value =>
  values.length === 1
    ? (values[0] ?? none)
    : onnx.Concat(
        values.map((value) => onnx.Reshape(value, [-1])),
        { axis: 0 },
      );

/** A cell h' = tanh(h·W + x) with its states stacked. */
const tanhCell = (onnx: OnnxBuilder, w: Value, n: Dim = 'N') =>
  onnx.subgraph('body', [float('h', n, 3), float('x', n, 3)], (h = none, x = none) => {
    const next = onnx.Tanh(onnx.Add(onnx.MatMul(h, w), x));
    return [result(next, n, 3), result(next, n, 3)];
  });

/** Scans, of every kind of value that a body may use. */
export const scans: readonly Case[] = [
  {
    name: 'a product with a matrix around it',
    inputs: [
      [2, 3],
      [4, 2, 3],
      [3, 3],
    ],
    write: (onnx, h = none, x = none, w = none) => joined(onnx, ...onnx.Scan([h], [x], tanhCell(onnx, w, 2))),
  },
  {
    name: 'the last state alone',
    inputs: [
      [2, 3],
      [4, 2, 3],
      [3, 3],
    ],
    write: (onnx, h = none, x = none, w = none) => onnx.Scan([h], [x], tanhCell(onnx, w, 2))[0] ?? none,
  },
  {
    name: 'all states, from the end, along other axes',
    inputs: [
      [-2, 3],
      [-2, 4, 3],
      [3, 3],
    ],
    write: (onnx, h = none, x = none, w = none) =>
      onnx.Scan([h], [x], tanhCell(onnx, w), {
        scan_input_axes: [1],
        scan_input_directions: [1],
        scan_output_axes: [-1],
        scan_output_directions: [1],
      })[1] ?? none,
  },
  {
    name: 'a Gemm, its matrix transposed, and a shift',
    inputs: [[2, 3], [4, 2, 3], [3, 3], [3]],
    write: (onnx, h = none, x = none, w = none, b = none) => {
      const body = onnx.subgraph('body', [float('h', 2, 3), float('x', 2, 3)], (h = none, x = none) => [
        result(onnx.Sigmoid(onnx.Mul(onnx.Gemm(h, w, b, { transB: 1 }), x)), 2, 3),
      ]);
      return onnx.Scan([h], [x], body)[0] ?? none;
    },
  },
  {
    name: 'a linear one, whose gradient of the state is that of the product',
    inputs: [
      [2, 3],
      [4, 2, 3],
      [3, 3],
    ],
    write: (onnx, h = none, x = none, w = none) => {
      const body = onnx.subgraph('body', [float('h', 2, 3), float('x', 2, 3)], (h = none, x = none) => [
        result(onnx.Add(onnx.Gemm(h, w), x), 2, 3),
      ]);
      return onnx.Scan([h], [x], body)[0] ?? none;
    },
  },
  {
    name: 'values around it that are repeated and that are computed with',
    inputs: [[2, 3], [4, 2, 3], [3], [], [2, 1]],
    write: (onnx, h = none, x = none, row = none, scalar = none, column = none) => {
      const body = onnx.subgraph('body', [float('h', 2, 3), float('x', 2, 3)], (h = none, x = none) => {
        const next = onnx.Tanh(onnx.Add(onnx.Mul(h, onnx.Exp(scalar)), onnx.Mul(onnx.Mul(x, row), column)));
        return [result(next, 2, 3), result(onnx.Mul(next, row), 2, 3)];
      });
      return joined(onnx, ...onnx.Scan([h], [x], body));
    },
  },
  {
    name: 'two states, one of which counts, and what is stacked alone',
    inputs: [
      [2, 3],
      [4, 2, 3],
    ],
    write: (onnx, h = none, x = none) => {
      const body = onnx.subgraph(
        'body',
        [float('h', 2, 3), { name: 'n', dtype: 'int64', shape: [] }, float('x', 2, 3)],
        (h = none, n = none, x = none) => [
          result(onnx.Mul(onnx.Add(h, x), onnx.Cast(n, 'float32')), 2, 3),
          { value: onnx.Add(n, onnx.constant(1, 'int64')), dtype: 'int64', shape: [] },
          result(onnx.Exp(x), 2, 3),
        ],
      );
      const [last = none, , stacked = none] = onnx.Scan([h, onnx.constant(1, 'int64')], [x], body);
      return joined(onnx, last, stacked);
    },
  },
  {
    name: 'a state that varies from the second step on',
    inputs: [[4, 2, 3]],
    write: (onnx, x = none) => {
      const body = onnx.subgraph(
        'body',
        [float('a', 2, 3), float('b', 2, 3), float('x', 2, 3)],
        (a = none, b = none, x = none) => [result(onnx.Add(onnx.Mul(b, b), x), 2, 3), result(onnx.Tanh(a), 2, 3)],
      );
      const zero = onnx.Expand(onnx.constant(0.5), [2, 3]);
      return joined(onnx, ...onnx.Scan([zero, zero], [x], body));
    },
  },
  {
    name: 'nothing that varies is given to it, and its gradient needs more outputs of a node within',
    inputs: [
      [3, 3],
      [4, 2, 3],
    ],
    by: 1,
    write: (onnx, w = none, x = none) => {
      const body = onnx.subgraph('body', [float('h', 2, 3), float('x', 2, 3)], (h = none, x = none) => {
        const sum = onnx.Add(onnx.Mul(h, 0.5), onnx.MatMul(x, w));
        return [result(onnx.LayerNormalization(sum, onnx.constant([1, 2, 3]), undefined, { axis: -1 }), 2, 3)];
      });
      return onnx.Scan([onnx.Expand(onnx.constant(0.5), [2, 3])], [x], body)[0] ?? none;
    },
  },
  {
    name: 'a Scan in a Scan',
    inputs: [
      [2, 3],
      [4, 5, 2, 3],
      [3, 3],
    ],
    write: (onnx, h = none, x = none, w = none) => {
      const outer = onnx.subgraph('outer', [float('h', 2, 3), float('xs', 5, 2, 3)], (h = none, xs = none) => {
        const [last = none, all = none] = onnx.Scan([h], [xs], tanhCell(onnx, w, 2));
        return [result(last, 2, 3), result(onnx.Mul(all, xs), 5, 2, 3)];
      });
      return joined(onnx, ...onnx.Scan([h], [x], outer));
    },
  },
];

const [STEPS, EXAMPLES, CHANNELS, UNITS] = [3, 2, 2, 3];

interface Given {
  readonly name: string;
  readonly bias?: true;
  readonly lengths?: true;
  readonly states?: number;
  readonly direction?: 'reverse' | 'bidirectional';
  readonly before?: true;
  /** The outputs that the loss takes. */
  readonly outputs?: readonly number[];
}

const cases = (op: 'GRU' | 'LSTM', all: readonly Given[]): readonly Case[] =>
  all.map(({ name, bias, lengths, states = 0, direction = 'forward', before, outputs = [0, 1] }) => {
    const gates = op === 'GRU' ? 3 : 4;
    const directions = direction === 'bidirectional' ? 2 : 1;
    return {
      name,
      inputs: [
        [outputs.length === 1 ? -STEPS : STEPS, EXAMPLES, CHANNELS],
        [directions, gates * UNITS, CHANNELS],
        [directions, gates * UNITS, UNITS],
        ...(bias ? [[directions, 2 * gates * UNITS]] : []),
        ...Array.from({ length: states }, () => [directions, EXAMPLES, UNITS]),
      ],
      write: (onnx, x = none, w = none, r = none, ...rest) => {
        const b = bias && rest.shift();
        const [h, c] = rest;
        const given = {
          x,
          w,
          r,
          ...(b && { b }),
          ...(lengths && { lengths: onnx.constant(tensorOf('int32', [2], [2, 3])) }),
          ...(h && { h }),
          ...(c && { c }),
        };
        const attributes = { hidden_size: UNITS, direction };
        const values =
          op === 'GRU'
            ? onnx.GRU(given, { ...attributes, linear_before_reset: before ? 0 : 1 })
            : onnx.LSTM(given, attributes);
        return joined(onnx, ...outputs.map((i) => values[i] ?? none));
      },
    };
  });

const both: readonly Given[] = [
  { name: 'all states', bias: true, outputs: [0] },
  { name: 'the last state', bias: true, states: 1, outputs: [1] },
  { name: 'from the end', bias: true, states: 1, direction: 'reverse' },
  { name: 'in both directions', bias: true, states: 1, direction: 'bidirectional' },
  { name: 'of unlike lengths', states: 1, lengths: true, direction: 'bidirectional' },
];

/** Recurrent networks, which are differentiated as Scans. */
export const recurrent = {
  GRU: cases('GRU', [
    ...both,
    { name: 'reset before the product', bias: true, states: 1, before: true },
    { name: 'the same without shifts', before: true },
  ]),
  LSTM: cases('LSTM', [...both, { name: 'its last cell', bias: true, states: 2, outputs: [2] }]),
};
