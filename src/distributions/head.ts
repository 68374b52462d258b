import { layer } from '../dsl/check-arguments.ts';
import type { OutputOf, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { denseAs } from '../layers/dense.ts';
import { reshape } from '../layers/reshape.ts';
import { size } from '../shape/size.ts';
import { isPlain, rule } from '../values/rules.ts';

/**
 * The last layers of a decoder: a dense layer for each parameter of a target's likelihood, named after it and reshaped
 * as it should be. One tensor if there is one parameter, otherwise a record by name.
 *
 * @example
 * ```ts
 * import { constant, head, logNormal, mixture, normal, zeroInflated } from 'cvae-compile';
 *
 * const h = constant([64], 0);
 * console.log(h.pipe(head(zeroInflated(logNormal(3)))).zeroLogits.shape); // [3]
 * console.log(h.pipe(head(mixture(normal(24, 2, { per: 'place' }), 20))).mean.shape); // [24, 20, 2]
 * ```
 */
export const head = layer(
  'head',
  {
    args: [
      rule('a target', (value) => isPlain(value) && 'distribution' in value, 'give the likelihood: head(poisson(3))'),
    ],
  },
  <T extends Target>(target: T) =>
    <N extends number>(x: Tensor<[N]>): OutputOf<T> =>
      block('head', () => {
        const outputs = Object.entries(target.parameters).map(([name, shape]): [string, Tensor] => {
          const flat: Tensor = denseAs(name)(size(shape))(x);
          return [name, shape.length === 1 ? flat : flat.pipe(reshape(...shape))];
        });
        const [only, ...more] = outputs;
        // What a decoder returns for the target is these tensors, of the shapes that its parameters say.
        return (only && more.length === 0 ? only[1] : Object.fromEntries(outputs)) as OutputOf<T>;
      }),
);
