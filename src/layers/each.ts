import { describe, isTensor, Tensor } from '../dsl/tensor.ts';
import { here } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import type { AllButLast } from '../shape/axes.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { isPlain } from '../values/rules.ts';

type Fn<A, B> = (x: A) => B;

/** What layers give for one place: a tensor, or several by name, as a Gaussian head does. */
type EachInput<B> = Tensor | { readonly [K in keyof B]: Tensor };

/** What layers give at all places: the axes of the places, then those of what they give for one. */
export type AtPlaces<S extends Shape, B> =
  B extends Tensor<infer Inner>
    ? number extends S['length']
      ? Tensor
      : Tensor<[...AllButLast<S>, ...Inner]>
    : { readonly [K in keyof B]: AtPlaces<S, B[K]> };

/** Layers that are applied at each place. */
export type Each<B> = <S extends Shape>(x: Tensor<S>) => AtPlaces<S, B>;

// Each layer's type is inferred from the previous one, which TypeScript does only if each step has its own type parameter.
// prettier-ignore
export interface EachOf {
  <A extends EachInput<A>>(a: Fn<Tensor<[number]>, A>): Each<A>;
  <A, B extends EachInput<B>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>): Each<B>;
  <A, B, C extends EachInput<C>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>, c: Fn<B, C>): Each<C>;
  <A, B, C, D extends EachInput<D>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>): Each<D>;
  <A, B, C, D, E extends EachInput<E>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>): Each<E>;
  <A, B, C, D, E, F extends EachInput<F>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>): Each<F>;
  <A, B, C, D, E, F, G extends EachInput<G>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>): Each<G>;
  <A, B, C, D, E, F, G, H extends EachInput<H>>(a: Fn<Tensor<[number]>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>): Each<H>;
}

/**
 * Applies up to 8 layers to the last axis at each place along the axes before it: at each step of a sequence, each
 * point of a cloud, each pixel of a map. The layers see one place, a vector, and their parameters are common to all
 * places; `batchNorm` takes its statistics over all of them. A layer may be a function that uses other tensors, which
 * are the same at all places: `each((step) => concat(step, z))`. Keras: `TimeDistributed`; in PyTorch, `nn.Linear`
 * does so by itself.
 *
 * @throws InvalidModel for layers that do not treat each place by itself, such as `repeat`, and for a network, which is
 * called on whole tensors only.
 *
 * @example
 * ```ts
 * import { constant, conv2d, dense, each, flatten, relu, reshape } from 'cvae-compile';
 *
 * console.log(constant([40, 30], 0).pipe(each(dense(64), relu)).shape); // [40, 64]: at each of 40 steps
 *
 * // Frames of a video are vectors, which become images again within.
 * const frames = constant([6, 8, 8, 3], 0).pipe(reshape(6, 192));
 * console.log(frames.pipe(each(reshape(8, 8, 3), conv2d(4, { stride: 2 }), flatten)).shape); // [6, 64]
 * ```
 */
// The overloads type the inputs and outputs of each layer; the loop that runs the layers needs no types, so it has
// none.
export const each = ((...layers: readonly unknown[]) => {
  const wrong = layers.findIndex((layer) => typeof layer !== 'function');
  if (wrong !== -1 || layers.length === 0)
    throw new InvalidModel(
      `${here('each')}: expected layers, got ${describe(layers[wrong])}; give what makes a tensor of one, such as relu or dense(200)`,
    );
  return (x: unknown) => {
    if (!isTensor(x))
      throw new InvalidModel(
        `${here('each')}: expected a tensor, got ${describe(x)}; pass a tensor, such as dense(10)(x)`,
      );
    if (x.shape.length === 0)
      throw new ShapeMismatch(`${here('each')}: expected at least one axis, got []; give it a sequence of vectors`);
    const places = [...x['~places'], ...x.shape.slice(0, -1)];
    // A function, as was checked above; what it gives is passed on or checked below.
    const result = layers.reduce<unknown>(
      (one, layer) => (layer as Fn<unknown, unknown>)(one),
      new Tensor(x.node, places),
    );
    return gathered(result, places, x['~places']);
  };
}) as EachOf;

/** Returns what layers gave for one place as tensors of all places. */
const gathered = (result: unknown, places: Shape, outer: Shape): unknown => {
  if (isTensor(result)) {
    if (!same(result['~places'], places))
      throw new InvalidModel(
        `${here('each')}: expected a result that depends on the place, got one that is the same for all; use expand instead`,
      );
    return new Tensor(result.node, outer);
  }
  if (isPlain(result) && Object.keys(result).length > 0)
    return Object.fromEntries(Object.entries(result).map(([name, part]) => [name, gathered(part, places, outer)]));
  throw new InvalidModel(
    `${here('each')}: expected layers that give a tensor, got ${describe(result)}; end in a layer such as dense(64)`,
  );
};
