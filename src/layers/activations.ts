import { layer, plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { number, optional } from '../values/rules.ts';
import { libraryElementwise, type Elementwise } from './elementwise.ts';

/**
 * Rectified linear unit: max(0, x), element by element.
 *
 * @example
 * ```ts
 * import { constant, dense, relu } from 'cvae-compile';
 *
 * console.log(constant([784], 0).pipe(dense(200), relu).shape); // [200]
 * ```
 */
export const relu = libraryElementwise(
  'relu',
  (tf, [x]) => tf.relu(x),
  (onnx, [x]) => onnx.Relu(x),
);

/**
 * Logistic sigmoid: 1 / (1 + e^−x), element by element.
 *
 * @example
 * ```ts
 * import { constant, sigmoid } from 'cvae-compile';
 *
 * console.log(sigmoid(constant([28, 28, 1], 0)).shape); // [28, 28, 1]
 * ```
 */
export const sigmoid = libraryElementwise(
  'sigmoid',
  (tf, [x]) => tf.sigmoid(x),
  (onnx, [x]) => onnx.Sigmoid(x),
);

/**
 * Hyperbolic tangent: (e^x − e^−x) / (e^x + e^−x), element by element.
 *
 * @example
 * ```ts
 * import { constant, dense, tanh } from 'cvae-compile';
 *
 * console.log(constant([784], 0).pipe(dense(200), tanh).shape); // [200]
 * ```
 */
export const tanh = libraryElementwise(
  'tanh',
  (tf, [x]) => tf.tanh(x),
  (onnx, [x]) => onnx.Tanh(x),
);

/** Softplus: ln(1 + e^x), element by element. */
export const softplus = libraryElementwise(
  'softplus',
  (tf, [x]) => tf.softplus(x),
  (onnx, [x]) => onnx.Softplus(x),
);

/** Exponential linear unit: x if x ≥ 0, e^x − 1 otherwise. */
export const elu = libraryElementwise(
  'elu',
  (tf, [x]) => tf.elu(x),
  (onnx, [x]) => onnx.Elu(x, { alpha: 1 }),
);

/**
 * Gaussian error linear unit: ½·x·(1 + erf(x / √2)), exact rather than the tanh approximation. Written with Erf, since
 * ONNX has Gelu only from opset 20.
 */
export const gelu = libraryElementwise(
  'gelu',
  (tf, [x]) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  (onnx, [x]) => onnx.Mul(onnx.Mul(x, 0.5), onnx.Add(onnx.Erf(onnx.Mul(x, Math.SQRT1_2)), 1)),
);

/** Sigmoid linear unit, also called swish: x · sigmoid(x). */
export const silu = libraryElementwise(
  'silu',
  (tf, [x]) => tf.mul(x, tf.sigmoid(x)),
  (onnx, [x]) => onnx.Mul(x, onnx.Sigmoid(x)),
);

/** Exponential: e^x, element by element. */
export const exp = libraryElementwise(
  'exp',
  (tf, [x]) => tf.exp(x),
  (onnx, [x]) => onnx.Exp(x),
);

/**
 * Natural logarithm: ln x, element by element.
 *
 * @example
 * ```ts
 * import { constant, log } from 'cvae-compile';
 *
 * console.log(log(constant([3], 1)).shape); // [3]
 * ```
 */
export const log = libraryElementwise(
  'log',
  (tf, [x]) => tf.log(x),
  (onnx, [x]) => onnx.Log(x),
);

/** Square root: √x, element by element. */
export const sqrt = libraryElementwise(
  'sqrt',
  (tf, [x]) => tf.sqrt(x),
  (onnx, [x]) => onnx.Sqrt(x),
);

/** Square: x², element by element. */
export const square = libraryElementwise(
  'square',
  (tf, [x]) => tf.square(x),
  (onnx, [x]) => onnx.Mul(x, x),
);

const normalised: Op = libraryOp({
  name: 'softmax',
  shape: ([x]) => {
    if (x.length === 0) throw new ShapeMismatch(`expected at least one axis, got ${show(x)}; give it a vector`);
    return x;
  },
  run: (tf, [x]) => tf.softmax(x, -1),
  lower: (onnx, [x]) => onnx.Softmax(x, { axis: -1 }),
});

/**
 * Softmax over the last axis: e^xᵢ / Σⱼ e^xⱼ.
 *
 * @example
 * ```ts
 * import { constant, softmax } from 'cvae-compile';
 *
 * console.log(softmax(constant([28, 28, 10], 0)).shape); // [28, 28, 10]: of 10 classes for each pixel
 * ```
 */
export const softmax = plain('softmax', <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(normalised, [x], {}));

const leaky: Op<{ slope: number }> = libraryOp({
  name: 'leakyRelu',
  shape: ([x]) => x,
  run: (tf, [x], { slope }) => tf.leakyRelu(x, slope),
  lower: (onnx, [x], { slope }) => onnx.LeakyRelu(x, { alpha: slope }),
});

/**
 * Leaky rectified linear unit: x if x ≥ 0, slope·x otherwise. The default slope is 0.01; those of other libraries
 * differ (0.01, 0.2, 0.3).
 */
export const leakyRelu = layer(
  'leakyRelu',
  { args: [optional(number('give the slope below 0, and apply the result: x.pipe(leakyRelu(0.01))'))] },
  (slope = 0.01): Elementwise =>
    <S extends Shape>(x: Tensor<S>): Tensor<S> =>
      apply(leaky, [x], { slope }),
);
