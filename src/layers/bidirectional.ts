import { layer } from '../dsl/check-arguments.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { upcoming } from '../dsl/trace.ts';
import { InvalidModel } from '../errors.ts';
import type { Mul } from '../shape/arithmetic.ts';
import { rule } from '../values/rules.ts';
import type { Recurrent, Reversible } from './recurrent.ts';

const isReversible = (value: unknown): value is Reversible =>
  typeof value === 'function' && '~both' in value && '~reverse' in value;

const RECURRENT = rule('a recurrent layer', isReversible, 'give one such as gru(64)');

const layerOf = layer('bidirectional', { args: [RECURRENT] }, (given: Reversible) => (x: Tensor) => {
  if (given['~reverse'])
    throw new InvalidModel(
      `${upcoming('bidirectional')}: expected a layer that reads forward, got one in reverse; leave its reverse out`,
    );
  return given['~both'](x);
});

/**
 * Reads the steps in both directions, with weights for each, and joins their states: forward, then reverse, 2·units in
 * all. Keras' `Bidirectional`, PyTorch's `bidirectional=True`. A first state is that of both directions.
 *
 * @example
 * ```ts
 * import { bidirectional, constant, gru } from 'cvae-compile';
 *
 * const series = constant([24, 3], 0); // 24 steps of 3 channels, as in a network's body
 * console.log(series.pipe(bidirectional(gru(64))).shape); // [24, 128]
 * console.log(series.pipe(bidirectional(gru(64, { last: true }))).shape); // [128]
 * ```
 */
export const bidirectional = <U extends number, L extends boolean, M extends number>(
  given: Recurrent<U, L, M>,
): Recurrent<Mul<U, 2>, L, M> =>
  // `gru` and `lstm` make layers that can be read in both directions; others are refused. The shape is that of the type.
  layerOf(given as unknown as Reversible) as unknown as Recurrent<Mul<U, 2>, L, M>;
