import { number, word } from '../attributes.ts';
import { input, zeros, type Call, type Kernel, type ReferenceTensor } from './numbers.ts';
import { innerProducts } from './products.ts';

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
export const gru = recurrent(3, 1, (call, direction) => {
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
export const lstm = recurrent(4, 2, () => ({ x, h, at }, [hidden = new Float64Array(), cell = new Float64Array()]) => {
  const units = cell.length;
  const sum = (g: number, i: number): number => (x[at + g * units + i] ?? NaN) + (h[g * units + i] ?? NaN);
  for (let i = 0; i < units; i++) {
    const next = sigmoid(sum(2, i)) * (cell[i] ?? NaN) + sigmoid(sum(0, i)) * Math.tanh(sum(3, i));
    cell[i] = next;
    hidden[i] = sigmoid(sum(1, i)) * Math.tanh(next);
  }
});
