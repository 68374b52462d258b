import { differentiate } from '../../src/compiler/differentiate.ts';
import { OnnxBuilder, type Value } from '../../src/onnx/builder.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { Dim, OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { infer } from '../../src/onnx/infer.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';

/** An operator at work: what it is given, and how it is written. */
export interface Case {
  readonly name: string;
  /** The inputs' shapes; a first length that is negative is the batch's, whose length the graph does not know. */
  readonly inputs: readonly (readonly number[])[];
  /** Where inputs are drawn from, −1 to 1 unless given. */
  readonly from?: readonly [number, number];
  /** Values of some inputs, instead of drawn ones. */
  readonly values?: readonly (readonly number[] | undefined)[];
  /** How many of the inputs, from the first, are differentiated by: all unless given. */
  readonly by?: number;
  write(onnx: OnnxBuilder, ...inputs: Value[]): Value;
}

/** Numbers that look drawn, the same on every run. */
export const draw = (count: number, seed: number, [low, high]: readonly [number, number] = [-1, 1]): Float64Array => {
  let state = seed >>> 0 || 1;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return low + (state / 2 ** 32) * (high - low);
  });
};

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const declared = (shape: readonly number[]): readonly Dim[] =>
  shape.map((length, axis) => (axis === 0 && length < 0 ? 'N' : length));

/** The graph of a case, its loss Σ w·y with a `w` of y's shape, the gradient of that, and values to put in. */
export const gradientOf = (
  one: Case,
): {
  readonly graph: OnnxGraph;
  readonly loss: OnnxGraph;
  readonly inputs: Record<string, OnnxTensor>;
  readonly by: string[];
} => {
  const names = one.inputs.map((_, i) => `x${i}`);
  const by = names.slice(0, one.by ?? names.length);
  const build = (after: (onnx: OnnxBuilder, y: Value) => void): OnnxGraph => {
    const onnx = new OnnxBuilder('case');
    const inputs = one.inputs.map((shape, i) => onnx.input(`x${i}`, 'float32', declared(shape)));
    after(
      onnx,
      onnx.scope('layer', () => one.write(onnx, ...inputs)),
    );
    return onnx.graph();
  };
  const inputs: Record<string, OnnxTensor> = Object.fromEntries(
    one.inputs.map((given, i) => {
      const shape = given.map(Math.abs);
      const data = Float64Array.from(one.values?.[i] ?? draw(sizeOf(shape), i + 1, one.from));
      return [`x${i}`, { dtype: 'float64', shape, data }];
    }),
  );
  const withOutput = (shape: readonly Dim[]): OnnxGraph => build((onnx, y) => onnx.output('y', y, 'float32', shape));
  const shape = infer(withOutput([]), OPSET).get('y')?.shape ?? [];
  const y = evaluate(withOutput(shape), inputs)['y'];
  if (!y) throw new Error('nothing was computed');
  inputs['w'] = { dtype: 'float64', shape: y.shape, data: draw(sizeOf(y.shape), 99) };
  const loss = build((onnx, value) => {
    const weighted = onnx.Mul(value, onnx.input('w', 'float32', shape));
    onnx.output('loss', onnx.ReduceSum(weighted, undefined, { keepdims: 0 }), 'float32', []);
  });
  const graph = differentiate(loss, { of: 'loss', by });
  checkGraph(graph, OPSET);
  return { graph, loss, inputs, by };
};

/** A loss's derivative by one input from two values of each element, a little below and a little above. */
export const differences = (
  loss: OnnxGraph,
  inputs: Readonly<Record<string, OnnxTensor>>,
  name: string,
): Float64Array => {
  const tensor = inputs[name];
  if (!tensor) throw new Error(`no ${name}`);
  const data = numbersOf(tensor);
  const at = (i: number, value: number): number => {
    const moved: OnnxTensor = {
      dtype: 'float64',
      shape: tensor.shape,
      data: data.map((x, k) => (k === i ? value : x)),
    };
    const result = evaluate(loss, { ...inputs, [name]: moved })['loss'];
    return result ? (numbersOf(result)[0] ?? NaN) : NaN;
  };
  return data.map((x, i) => (at(i, x + STEP) - at(i, x - STEP)) / (2 * STEP));
};

// Its square is the error of the third derivative; much less, and rounding shows.
const STEP = 1e-5;

/** The largest difference of two arrays' elements, relative to the largest element. */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  const scale = Math.max(1e-6, ...Array.from(b, Math.abs));
  return Math.max(0, ...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? NaN)) / scale));
};
