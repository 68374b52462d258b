import { modal, noise, type Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { InvalidModel } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { add, mul } from './arithmetic.ts';

/** While training, x + σ·ε with ε ~ N(0, I), drawn for each element; afterwards x itself. */
export const gaussianNoise = (sigma: number) => {
  if (!(sigma > 0 && Number.isFinite(sigma)))
    throw new InvalidModel(`gaussianNoise: expected a positive sigma, got ${sigma}; give its standard deviation`);
  return <S extends Shape>(x: Tensor<S>): Tensor<S> =>
    block('gaussianNoise', ({ label }) => modal(add(x, mul(noise(`${label}/noise`, 'normal', x, x.shape), sigma)), x));
};
