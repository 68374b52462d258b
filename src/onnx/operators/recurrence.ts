import { size } from '../../shape/size.ts';
import { invalid, number, word } from '../attributes.ts';
import { multiplyDims } from '../dims.ts';
import type { Dim } from '../graph.ts';
import { rankOf, requireEqual, shapeOf, type Rule } from '../infer/rule.ts';
import { input, zeros, type Call, type Kernel, type ReferenceTensor } from '../reference/numbers.ts';
import { innerProducts } from '../reference/inner-products.ts';
import type { Definition, Operations } from './definition.ts';
import { flag, oneOf, optional, required, type OperatorSpec } from './spec.ts';

/** What both recurrent networks take; all parts of a direction's weights are stacked, gate on gate. */
const recurrentSpec = {
  inputs: { X: 'T', W: 'T', R: 'T', B: 'T?', sequence_lens: 'int32?', initial_h: 'T?' },
  outputs: { Y: 'T?', Y_h: 'T?' },
  types: { T: ['float32'] },
  attributes: {
    hidden_size: required('int'),
    direction: oneOf(['forward', 'reverse', 'bidirectional']),
    // With the batch first, the CPU provider has no kernel.
    layout: optional('int', 0, { only: [0], since: 14 }),
  },
  webgpu: 21,
} satisfies OperatorSpec;

/** The shapes of a recurrent network's outputs: all states, then the last of each of the `states`. */
const recurrentShape =
  (gates: number, states: number): Rule =>
  (context) => {
    const { node, inputs } = context;
    const [steps = '?', examples = '?', channels = '?'] = rankOf(context, 0, 3);
    const units = number(node, 'hidden_size');
    if (units < 1) throw invalid(node, 'a hidden_size of at least 1', String(units));
    const directions = word(node, 'direction') === 'bidirectional' ? 2 : 1;
    const expect = (input: number, what: string, shape: readonly Dim[]): void => {
      if (!inputs[input]) return;
      rankOf(context, input, shape.length).forEach((dim, i) =>
        requireEqual(context, `${what} with an axis ${i}`, shape[i] ?? '?', dim),
      );
    };
    shapeOf(context, 1);
    shapeOf(context, 2);
    expect(1, 'weights of the inputs', [directions, gates * units, channels]);
    expect(2, 'weights of the state', [directions, gates * units, units]);
    expect(3, 'shifts', [directions, multiplyDims(2 * gates, units)]);
    expect(4, 'numbers of steps', [examples]);
    for (let i = 0; i < states; i++) expect(5 + i, 'first states', [directions, examples, units]);
    return [
      { shape: [steps, directions, examples, units] },
      ...Array.from({ length: states }, () => ({ shape: [directions, examples, units] })),
    ];
  };

const gruShape = recurrentShape(3, 1);

const lstmShape: Rule = (context) => {
  const { node, inputs } = context;
  if (inputs[7]) throw invalid(node, 'an LSTM without peepholes', 'their weights, P', 'write its cell with others');
  return recurrentShape(4, 2)(context);
};

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/**
 * Takes one step of one example, in place: `x` has the products of all gates' weights with the inputs of all steps,
 * from `at` on those of this one, and `h` those with the hidden state, the first of `state`; both with their shifts.
 */
type Cell = (
  products: { readonly x: Float64Array; readonly h: Float64Array; readonly at: number },
  state: readonly Float64Array[],
) => void;

/**
 * Runs a cell over the steps of every example, in each direction: those that an example has, and no others. Where it
 * has none, the output is 0.
 */
const recurrent =
  (gates: number, states: number, cellOf: (call: Call, direction: number) => Cell): Kernel =>
  (call) => {
    const [x, w, r] = [input(call, 0), input(call, 1), input(call, 2)];
    const [steps = 0, examples = 0, channels = 0] = x.shape;
    const [directions = 1, , units = 0] = r.shape;
    const width = gates * units;
    const all = zeros(x.dtype, [steps, directions, examples, units]);
    const last = Array.from({ length: states }, () => zeros(x.dtype, [directions, examples, units]));
    for (let d = 0; d < directions; d++) {
      const part = (tensor: ReferenceTensor | undefined, size: number): Float64Array =>
        tensor ? tensor.data.subarray(d * size, (d + 1) * size) : new Float64Array(size);
      const bias = part(call.inputs[3], 2 * width);
      const sums = innerProducts(x.data, part(w, width * channels), steps * examples, width, channels);
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? NaN) + (bias[i % width] ?? 0);
      const weights = part(r, width * units);
      const cell = cellOf(call, d);
      for (let n = 0; n < examples; n++) {
        const state = Array.from({ length: states }, (_, i) =>
          part(call.inputs[5 + i], examples * units).slice(n * units, (n + 1) * units),
        );
        const count = Math.min(steps, Math.max(0, call.inputs[4]?.data[n] ?? steps));
        for (let k = 0; k < count; k++) {
          const t = backwards(call, d) ? count - 1 - k : k;
          const [hidden = new Float64Array(units)] = state;
          const products = innerProducts(hidden, weights, 1, width, units);
          for (let i = 0; i < width; i++) products[i] = (products[i] ?? NaN) + (bias[width + i] ?? 0);
          cell({ x: sums, h: products, at: (t * examples + n) * width }, state);
          all.data.set(state[0] ?? [], ((t * directions + d) * examples + n) * units);
        }
        // onnxruntime leaves 0 as the last state of an example without steps.
        if (count > 0) last.forEach(({ data }, i) => data.set(state[i] ?? [], (d * examples + n) * units));
      }
    }
    return [all, ...last];
  };

const backwards = ({ node }: Call, direction: number): boolean =>
  direction === 1 || word(node, 'direction') === 'reverse';

/** Gates z, r and h. h' = (1 − z)·n + z·h, where the reset is applied to the product with h, or to h itself. */
const gru = recurrent(3, 1, (call, direction) => {
  const after = number(call.node, 'linear_before_reset') === 1;
  const units = input(call, 2).shape[2] ?? 0;
  const weights = input(call, 2).data.subarray((direction * 3 + 2) * units * units);
  const shift = call.inputs[3]?.data.subarray((direction * 6 + 5) * units);
  return ({ x, h, at }, [state = new Float64Array()]) => {
    const gate = (g: number, i: number): number => sigmoid((x[at + g * units + i] ?? NaN) + (h[g * units + i] ?? NaN));
    const reset = state.map((_, i) => gate(1, i));
    const update = state.map((_, i) => gate(0, i));
    const product = after
      ? reset.map((r, i) => r * (h[2 * units + i] ?? NaN))
      : innerProducts(
          state.map((value, i) => value * (reset[i] ?? NaN)),
          weights,
          1,
          units,
          units,
        ).map((value, i) => value + (shift?.[i] ?? 0));
    state.forEach((before, i) => {
      const candidate = Math.tanh((x[at + 2 * units + i] ?? NaN) + (product[i] ?? NaN));
      const z = update[i] ?? NaN;
      state[i] = (1 - z) * candidate + z * before;
    });
  };
});

/** Gates i, o, f and c. c' = f·c + i·tanh(…) and h' = o·tanh(c'). */
const lstm = recurrent(4, 2, () => ({ x, h, at }, [hidden = new Float64Array(), cell = new Float64Array()]) => {
  const units = cell.length;
  const sum = (g: number, i: number): number => (x[at + g * units + i] ?? NaN) + (h[g * units + i] ?? NaN);
  for (let i = 0; i < units; i++) {
    const next = sigmoid(sum(2, i)) * (cell[i] ?? NaN) + sigmoid(sum(0, i)) * Math.tanh(sum(3, i));
    cell[i] = next;
    hidden[i] = sigmoid(sum(1, i)) * Math.tanh(next);
  }
});

/** Products with the weights of all gates, of each step's input and of the state before it. */
const operations: Operations = (_, [x = [], w = []], given) => size(x) * (w[1] ?? 1) + given * (w[1] ?? 1);

/** Recurrent networks. */
export const RECURRENCE = {
  GRU: {
    ...recurrentSpec,
    attributes: { ...recurrentSpec.attributes, linear_before_reset: flag(0) },
    infer: gruShape,
    evaluate: gru,
    operations,
  },
  LSTM: {
    ...recurrentSpec,
    inputs: { ...recurrentSpec.inputs, initial_c: 'T?', P: 'T?' },
    outputs: { ...recurrentSpec.outputs, Y_c: 'T?' },
    attributes: { ...recurrentSpec.attributes, input_forget: optional('int', 0, { only: [0] }) },
    infer: lstmShape,
    evaluate: lstm,
    operations,
  },
} satisfies Record<string, Definition>;
