import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { glorot, zeros } from '../graph/init.ts';
import { exampleOp } from '../graph/lift.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Vector } from '../shape/axes.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { whole } from '../values/rules.ts';

/** Computes plus + x·W[begin:end] for a piece x of a dense layer's input. */
const addPart: Op<{ begin: number; end: number }, 'kernel'> = libraryOp({
  name: 'densePart',
  shape: ([, plus = []]) => plus,
  run: (tf, [x, plus = x], { begin, end }, { kernel }, { shape: [units = 0] }) =>
    tf.add(tf.matMul(x, tf.slice(kernel, [begin, 0], [end - begin, units])), plus),
  lower: (onnx, [x, plus = x], { begin, end }, { kernel }) =>
    onnx.Gemm(x, onnx.Slice(kernel, [begin], [end], [0]), plus),
});

const op: Op<{ units: number }, 'kernel' | 'bias'> = exampleOp({
  name: 'dense',
  rows: { from: 'bias', add: addPart },

  shape: ([x], { units }) => {
    if (x.length !== 1)
      throw new ShapeMismatch(
        `expected one axis, got ${show(x)}; put flatten before it, or write each(dense(…)) for each step`,
      );
    return [units];
  },

  params: ([x], { units }) => ({
    kernel: { shape: [...x, units], init: glorot(x[0] ?? 0, units) },
    bias: { shape: [units], init: zeros },
  }),

  // One kernel call for product and sum. `shape` has ensured that x is a matrix.
  // Not tf.fused.matMul: in tfjs-node it is the same two kernels with five reshapes around them (bench/kernels.ts).
  run: (tf, [x], _, { kernel, bias }) => tf.add(tf.matMul(x, kernel), bias),

  lower: (onnx, [x], _, { kernel, bias }) => onnx.Gemm(x, kernel, bias),
});

const named =
  (label?: string) =>
  <U extends number>(units: U) =>
  <S extends Shape>(x: Tensor<S> & Vector<S, 'dense'>): Tensor<[U]> =>
    apply(op, [x], { units }, label);

/**
 * A fully connected layer, x·W + b: every output is a weighted sum of all inputs plus a bias. W is initialised with
 * Glorot's uniform.
 *
 * @example
 * ```ts
 * import { constant, dense } from 'cvae-compile';
 *
 * console.log(constant([784], 0).pipe(dense(200)).shape); // [200]
 * ```
 */
export const dense = layer('dense', { args: [whole('of units', 'give how many numbers it computes')] }, named());

/** A dense layer with the given name. */
export const denseAs = (label: string) => named(label);
