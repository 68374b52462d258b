import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { here } from '../dsl/trace.ts';
import { InvalidModel } from '../errors.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { number } from '../values/rules.ts';
import { libraryElementwise, type Elementwise } from './elementwise.ts';

/** Absolute value: |x|, element by element. Its gradient at 0 is 0. */
export const abs = libraryElementwise(
  'abs',
  // TensorFlow.js' own gradient of abs is −1 at 0.
  (tf, [x]) => tf.mul(x, tf.sign(x)),
  (onnx, [x]) => onnx.Abs(x),
);

/** Sign: −1, 0 or 1, element by element. It passes no gradient. */
export const sign = libraryElementwise(
  'sign',
  (tf, [x]) => tf.sign(x),
  (onnx, [x]) => onnx.Sign(x),
);

/** Sine of an angle in radians, element by element. WebGPU guarantees it to 5e-4 only, for angles from −π to π. */
export const sin = libraryElementwise(
  'sin',
  (tf, [x]) => tf.sin(x),
  (onnx, [x]) => onnx.Sin(x),
);

/** Cosine of an angle in radians, element by element. On WebGPU as `sin`. */
export const cos = libraryElementwise(
  'cos',
  (tf, [x]) => tf.cos(x),
  (onnx, [x]) => onnx.Cos(x),
);

/**
 * Ln(1 + x), element by element, which stays exact for small x, where 1 + x rounds to 1: counts and amounts that span
 * several orders of magnitude become numbers of one.
 *
 * @example
 * ```ts
 * import { constant, log1p } from 'cvae-compile';
 *
 * console.log(log1p(constant([3], 0)).shape); // [3]
 * ```
 */
export const log1p = libraryElementwise(
  'log1p',
  (tf, [x]) => tf.log1p(x),
  (onnx, [x]) => {
    // ONNX has no Log1p. Below ¼ it is the series of 2·artanh(s) with s = x/(2 + x), whose first omitted term is below
    // 3e-9 of the result; its derivative is as exact.
    const s = onnx.Div(x, onnx.Add(x, 2));
    const squared = onnx.Mul(s, s);
    const series = [1 / 7, 1 / 5, 1 / 3, 1].reduce(
      (sum, coefficient) => onnx.Add(onnx.Mul(sum, squared), coefficient),
      onnx.constant(1 / 9),
    );
    return onnx.Where(onnx.Less(onnx.Abs(x), 0.25), onnx.Mul(onnx.Mul(s, 2), series), onnx.Log(onnx.Add(x, 1)));
  },
);

const clipped: Op<{ min: number; max: number }> = libraryOp({
  name: 'clip',
  shape: ([x]) => x,
  run: (tf, [x], { min, max }) => tf.clipByValue(x, min, max),
  lower: (onnx, [x], { min, max }) => onnx.Clip(x, min, max),
});

/**
 * Limits each element to the range from `min` to `max`; outside of it no gradient is passed. PyTorch's `clamp`.
 *
 * @throws InvalidModel if min is above max.
 *
 * @example
 * ```ts
 * import { clip, constant } from 'cvae-compile';
 *
 * console.log(constant([3], 5).pipe(clip(-1, 1)).shape); // [3]
 * ```
 */
export const clip = layer(
  'clip',
  { args: [number('give the least value: clip(0, 1)'), number('give the largest value: clip(0, 1)')] },
  (min: number, max: number): Elementwise => {
    if (min > max)
      throw new InvalidModel(`${here('clip')}: expected the least value first, got ${min} and ${max}; exchange them`);
    return <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(clipped, [x], { min, max });
  },
);
