import type { OnnxBuilder, Value } from '../../onnx/builder.ts';

/** The weights of one direction of a recurrent network with G gates, as ONNX stacks them. */
export interface Weights {
  /** [G·H, C] */
  readonly w: Value;
  /** [G·H, H] */
  readonly r: Value;
  /** What is added to the products with the inputs and with the state, [G·H] each. */
  readonly shifts?: readonly [Value, Value];
}

/** A recurrent network's cell, and what it needs of the inputs of all steps. */
export interface Cell {
  readonly gates: number;
  readonly states: number;
  /** Returns what is added to the products with the inputs, outside of the steps. */
  shift(onnx: OnnxBuilder, weights: Weights): Value | undefined;
  /** Writes a step: from the products with the inputs, [N, G·H], and the state, [N, H] each, to the next state. */
  step(onnx: OnnxBuilder, products: Value, state: readonly Value[], weights: Weights): readonly Value[];
}

const none: Value = { name: '' };

/** Splits the last axis of a matrix. */
const split = (onnx: OnnxBuilder, x: Value, ...lengths: readonly number[]): readonly Value[] =>
  onnx.Split(x, lengths, { axis: 1 });

/** Gates z, r and n: h' = n + z·(h − n). The reset r is applied to the product with h if `after`, or to h itself. */
export const gru = (units: number, after: boolean): Cell => ({
  gates: 3,
  states: 1,
  shift: (_, { shifts }) => shifts?.[0],
  step: (onnx, products, [h = none], { r, shifts }) => {
    const [ofGates = none, ofNew = none] = split(onnx, products, 2 * units, units);
    const sides = (x: Value, axis: number): readonly Value[] => onnx.Split(x, [2 * units, units], { axis });
    let gates: Value;
    let inner: (reset: Value) => Value;
    if (after) {
      const [own = none, ownNew = none] = sides(onnx.Gemm(h, r, shifts?.[1], { transB: 1 }), 1);
      gates = own;
      inner = (reset) => onnx.Mul(reset, ownNew);
    } else {
      const [rGates = none, rNew = none] = sides(r, 0);
      const [bGates, bNew] = shifts ? sides(shifts[1], 0) : [];
      gates = onnx.Gemm(h, rGates, bGates, { transB: 1 });
      inner = (reset) => onnx.Gemm(onnx.Mul(reset, h), rNew, bNew, { transB: 1 });
    }
    const [z = none, reset = none] = split(onnx, onnx.Sigmoid(onnx.Add(ofGates, gates)), units, units);
    const n = onnx.Tanh(onnx.Add(ofNew, inner(reset)));
    return [onnx.Add(n, onnx.Mul(z, onnx.Sub(h, n)))];
  },
});

/** Gates i, o, f and c: c' = f·c + i·tanh(…), h' = o·tanh(c'). */
export const lstm = (units: number): Cell => ({
  gates: 4,
  states: 2,
  shift: (onnx, { shifts }) => shifts && onnx.Add(...shifts),
  step: (onnx, products, [h = none, c = none], { r }) => {
    const [gates = none, candidate = none] = split(onnx, onnx.Gemm(h, r, products, { transB: 1 }), 3 * units, units);
    const [i = none, o = none, f = none] = split(onnx, onnx.Sigmoid(gates), units, units, units);
    const next = onnx.Add(onnx.Mul(f, c), onnx.Mul(i, onnx.Tanh(candidate)));
    return [onnx.Mul(o, onnx.Tanh(next)), next];
  },
});
