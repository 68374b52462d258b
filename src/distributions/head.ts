import { targetRule } from './arguments.ts';
import { layer } from '../dsl/check-arguments.ts';
import type { Outs, Targets } from '../dsl/record.ts';
import type { OutputOf, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { block } from '../dsl/trace.ts';
import { denseAs } from '../layers/dense.ts';
import type { Vector } from '../shape/axes.ts';
import type { Shape } from '../shape/shape.ts';
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
    args: [targetRule('give the likelihood: head(poisson(3))')],
  },
  <T extends Target>(target: T) =>
    <S extends Shape>(x: Tensor<S> & Vector<S, 'head', 'put flatten before it'>): OutputOf<T> =>
      headIn('head', target, x),
);

/** Returns the layers of a target in a block of this name. */
const headIn = <T extends Target>(name: string, { parameters }: T, x: Tensor): OutputOf<T> =>
  block(name, () => {
    const outputs = Object.entries(parameters).map(([key, shape]): [string, Tensor] => {
      const flat: Tensor = denseAs(key)(size(shape))(x);
      return [key, shape.length === 1 ? flat : flat.pipe(reshape(...shape))];
    });
    const [only, ...more] = outputs;
    // What a decoder returns for the target is these tensors, of the shapes that its parameters say.
    return (only && more.length === 0 ? only[1] : Object.fromEntries(outputs)) as OutputOf<T>;
  });

/**
 * The last layers of a decoder for several targets: for each, what `head` gives, by name, in a block of its name; for a single target, what `head` gives.
 *
 * @example
 * ```ts
 * import { categorical, constant, heads, normal } from 'cvae-compile';
 *
 * const h = constant([64], 0);
 * const { temperature, sky } = h.pipe(heads({ temperature: normal(2), sky: categorical('clear', 'rain') }));
 * console.log(temperature.shape, sky.shape); // [2] [2]
 * ```
 */
export const heads = layer(
  'heads',
  { args: [rule('targets by name', isPlain, 'give the targets of the definition')] },
  <T extends Target | Targets>(target: T) =>
    <S extends Shape>(x: Tensor<S> & Vector<S, 'heads', 'put flatten before it'>): Outs<T> => {
      // Of a single target, `Outs` is what `head` returns.
      if (isSingle(target)) return headIn('head', target, x) as Outs<T>;
      const outputs = Object.entries<Target>(target).map(([name, one]) => [name, headIn(name, one, x)] as const);
      // Each is what a decoder returns for its target, as `head` gives it.
      return Object.fromEntries(outputs) as Outs<T>;
    },
);

const isSingle = (target: Target | Targets): target is Target => typeof target['distribution'] === 'string';
