import { layer } from '../dsl/check-arguments.ts';
import { noise } from '../dsl/leaves.ts';
import { modal, type Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import type { Shape } from '../shape/shape.ts';
import { positive } from '../values/rules.ts';
import { add, mul } from './arithmetic.ts';

/** In training, x + σ·ε with ε ~ N(0, I), drawn for each element; in inference, x itself. */
export const gaussianNoise = layer(
  'gaussianNoise',
  { args: [positive('sigma', 'give its standard deviation')] },
  (sigma: number) =>
    <S extends Shape>(x: Tensor<S>): Tensor<S> =>
      block('gaussianNoise', ({ label }) =>
        modal(add(x, mul(noise(`${label}/noise`, 'normal', x, x.shape), sigma)), x),
      ),
);
