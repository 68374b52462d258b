// Layers of series: at each step, recurrent, attention.
import { contract } from './array.ts';
import { at, matMul, permute, stack } from './axes.ts';
import { add, mul, sigmoid, slice, softmax, sub, tanh } from './layers.ts';
import { blocked, labelOf, paramOf } from './scope.ts';
import { constant, forRows, rearranged, rowsOf, Tensor, type Layer } from './tensor.ts';

/** Layers at each place: the places are computed one after another, with the parameters of the first. */
export const each =
  (...layers: readonly Layer[]): Layer =>
  (x) =>
    layers.reduce<Tensor>((one, layer) => layer(one), x);
/** A dense layer of the last axis. */
const denseEach = (units: number, label: string): Layer => {
  return (x) => {
    const n = x.shape.at(-1) ?? 1;
    const places = x.value.data.length / n;
    const value = contract(x.value, paramOf(`${label}/kernel`), [...rowsOf(x), ...x.shape.slice(0, -1), units], {
      each: (term) => {
        for (let p = 0; p < places; p++)
          for (let i = 0; i < n; i++) for (let u = 0; u < units; u++) term(p * units + u, p * n + i, i * units + u);
      },
    });
    return add(new Tensor(value, x.lead), new Tensor(paramOf(`${label}/bias`), 0));
  };
};
// --- recurrence
interface Reading {
  readonly reverse?: boolean;
  readonly last?: boolean;
}
/** W·x + b of the gates of one step, by a part of ONNX's parameters. */
const gatesOf = (x: Tensor, kernel: Tensor, bias: Tensor, width: number, from: number): Tensor => {
  const [n = 1] = x.shape;
  const rows = x.value.data.length / n;
  const value = contract(x.value, kernel.value, [...rowsOf(x), width], {
    each: (term) => {
      for (let r = 0; r < rows; r++)
        for (let u = 0; u < width; u++) for (let i = 0; i < n; i++) term(r * width + u, r * n + i, u * n + i);
    },
  });
  return add(
    new Tensor(value, x.lead),
    rearranged(bias, [width], (i) => from + i),
  );
};
const recurrent = (
  name: string,
  gates: number,
  cell: (ofX: Tensor, ofState: Tensor, states: readonly Tensor[]) => readonly Tensor[],
) => {
  return (units: number, { reverse = false, last = false }: Reading = {}): Layer =>
    (x) => {
      const label = labelOf(name);
      const own = (part: string): Tensor => new Tensor(paramOf(`${label}/${part}`), 0);
      const [kernel, state, bias] = [own('kernel'), own('recurrent'), own('bias')];
      const width = gates * units;
      const zeros = forRows(constant([units], 0), x.lead);
      let states: readonly Tensor[] = [zeros, zeros];
      const [steps = 1] = x.shape;
      const order = Array.from({ length: steps }, (_, t) => (reverse ? steps - 1 - t : t));
      const made: Tensor[] = [];
      for (const t of order) {
        const [h = zeros] = states;
        states = cell(gatesOf(at(t)(x), kernel, bias, width, 0), gatesOf(h, state, bias, width, width), states);
        made[t] = states[0] ?? zeros;
      }
      return last ? (states[0] ?? zeros) : stack(...made);
    };
};
const third = (x: Tensor, units: number, k: number): Tensor => slice(k * units, (k + 1) * units)(x);
export const gru = recurrent('gru', 3, (ofX, ofState, [h = ofX]) => {
  const [units = 1] = h.shape;
  const [z, r] = [0, 1].map((k) => sigmoid(add(third(ofX, units, k), third(ofState, units, k))));
  if (!z || !r) throw new Error('judge: no gates');
  const n = tanh(add(third(ofX, units, 2), mul(r, third(ofState, units, 2))));
  return [add(mul(sub(1, z), n), mul(z, h))];
});
export const lstm = recurrent('lstm', 4, (ofX, ofState, [h = ofX, c = ofX]) => {
  const [units = 1] = h.shape;
  const all = add(ofX, ofState);
  const [i, o, f] = [0, 1, 2].map((k) => sigmoid(third(all, units, k)));
  if (!i || !o || !f) throw new Error('judge: no gates');
  const next = add(mul(f, c), mul(i, tanh(third(all, units, 3))));
  return [mul(o, tanh(next)), next];
});

// --- attention
export const attention =
  ({ heads = 1, causal = false }: { readonly heads?: number; readonly causal?: boolean } = {}): Layer =>
  (x) =>
    blocked('attention', (label) => {
      const [steps = 1, channels = 1] = x.shape;
      const width = channels / heads;
      const split = (part: string): Tensor =>
        permute(1, 0, 2)(rearranged(denseEach(channels, `${label}/${part}`)(x), [steps, heads, width], (i) => i));
      const products = mul(matMul(split('q'), permute(0, 2, 1)(split('k'))), 1 / Math.sqrt(width));
      const hidden = constant(
        [steps, steps],
        Array.from({ length: steps * steps }, (_, i) => (causal && i % steps > Math.floor(i / steps) ? -1e9 : 0)),
      );
      const mixed = permute(1, 0, 2)(matMul(softmax(add(products, hidden)), split('v')));
      return denseEach(channels, `${label}/out`)(rearranged(mixed, [steps, channels], (i) => i));
    });
