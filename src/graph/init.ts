import { fillUniforms, type Key } from '../random.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';

/**
 * Returns the initial values of a parameter of this shape, from a key of the seeded random number generator: the same
 * key produces the same values.
 */
export type Init = (shape: Shape, key: Key) => Float32Array;

const OWN = new WeakSet<Init>();

/** Marks an initialiser as known to return a finite number for each element of a shape. */
const own = (init: Init): Init => {
  OWN.add(init);
  return init;
};

/** Whether an initialiser belongs to this package, so that its results need no check. */
export const isOwnInit = (init: Init): boolean => OWN.has(init);

/** An initialiser that sets all elements to `value`. */
export const filled = (value: number): Init => own((shape) => new Float32Array(size(shape)).fill(value));

/** An initialiser that sets all elements to 0. */
export const zeros: Init = filled(0);

/** An initialiser that sets all elements to 1. */
export const ones: Init = filled(1);

/**
 * Glorot and Bengio's uniform initialiser (2010): U(−a, a) with a = √(6 / (fanIn + fanOut)), which keeps the variance
 * of activations and of gradients about the same through a layer.
 */
export const glorot = (fanIn: number, fanOut: number): Init => {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  return own((shape, key) => {
    const values = new Float32Array(size(shape));
    fillUniforms(values, key);
    return values.map((u) => (2 * u - 1) * limit);
  });
};
