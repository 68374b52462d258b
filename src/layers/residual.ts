import { layer } from '../dsl/check-arguments.ts';
import { describe, isTensor, type Tensor } from '../dsl/tensor.ts';
import { block, upcoming } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { same } from '../shape/same.ts';
import type { Shape, ShapeError, Show } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { callable } from '../values/rules.ts';
import { add } from './arithmetic.ts';

/** `[0]` if two shapes differ. */
export type Differ<A extends Shape, B extends Shape> = [B] extends [A] ? [] : number extends B[number] ? [] : [0];

/** An error if a residual's body changes the shape. */
export type Kept<S extends Shape, B extends Shape> = [...Differ<S, B>]['length'] extends 1
  ? ShapeError<`residual: expected a body that keeps the shape, [${Show<S>}], got [${Show<B>}]; end it with as many channels, or add a projection of x to it`>
  : unknown;

/**
 * A residual connection (He and others, 2015): x + body(x). The body keeps the shape. If it has to change it, add a
 * projection of x instead: `add(x.pipe(conv2d(64, { kernel: 1 })), x.pipe(body))`.
 *
 * @example
 * ```ts
 * import { constant, conv2d, groupNorm, relu, residual } from 'cvae-compile';
 *
 * const x = constant([14, 14, 32], 0);
 * console.log(x.pipe(residual((x) => x.pipe(groupNorm(8), relu, conv2d(32)))).shape); // [14, 14, 32]
 * ```
 */
export const residual = layer(
  'residual',
  { args: [callable('a function of a tensor', 'give layers: (x) => x.pipe(conv2d(32), relu)')] },
  <S extends Shape, B extends Shape>(body: (x: Tensor<S>) => Tensor<B>) =>
    (x: Tensor<S> & Kept<S, B>): Tensor<S> => {
      const where = upcoming('residual');
      return block('residual', () => {
        const change: unknown = body(x);
        if (!isTensor(change))
          throw new InvalidModel(`${where}: expected a body that gives a tensor, got ${describe(change)}; return one`);
        if (!same(change.shape, x.shape))
          throw new ShapeMismatch(
            `${where}: expected a body that keeps the shape, ${show(x.shape)}, got ${show(change.shape)}; end it with as many channels, or add a projection of x to it`,
          );
        // Of the shape of x, as was checked.
        return add<S, S>(x, change as Tensor<S>);
      });
    },
);
