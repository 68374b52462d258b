import { InvalidModel, isUserError, ShapeMismatch } from '../errors.ts';
import { isOwnInit } from '../graph/init.ts';
import { joinsRows, lifted, unliftable, type LiftedAttrs } from '../graph/lift.ts';
import type { ApplyNode, Layer, Node, ParamNode } from '../graph/node.ts';
import { each, type AnyOp, type Op, type Param, type Some } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isPlain } from '../values/rules.ts';
import { list, valueText } from '../values/value-text.ts';
import { checkOwnOp } from './own-op.ts';
import { checkedInit, checkShape } from './sizes.ts';
import { here, nextLayer } from './trace.ts';

type Fn<A, B> = (x: A) => B;

// Each layer's type is inferred from the previous one, which TypeScript does only if each step has its own type parameter.
// prettier-ignore
interface Pipe<S extends Shape> {
  <A>(a: Fn<Tensor<S>, A>): A;
  <A, B>(a: Fn<Tensor<S>, A>, b: Fn<A, B>): B;
  <A, B, C>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>): C;
  <A, B, C, D>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>): D;
  <A, B, C, D, E>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>): E;
  <A, B, C, D, E, F>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>): F;
  <A, B, C, D, E, F, G>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>): G;
  <A, B, C, D, E, F, G, H>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>): H;
  <A, B, C, D, E, F, G, H, I>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>): I;
  <A, B, C, D, E, F, G, H, I, J>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>): J;
  <A, B, C, D, E, F, G, H, I, J, K>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>): K;
  <A, B, C, D, E, F, G, H, I, J, K, L>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>): L;
  <A, B, C, D, E, F, G, H, I, J, K, L, M>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>): M;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>): N;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>, o: Fn<N, O>): O;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>, o: Fn<N, O>, p: Fn<O, P>): P;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>, o: Fn<N, O>, p: Fn<O, P>, q: Fn<P, Q>): Q;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>, o: Fn<N, O>, p: Fn<O, P>, q: Fn<P, Q>, r: Fn<Q, R>): R;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, T>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>, o: Fn<N, O>, p: Fn<O, P>, q: Fn<P, Q>, r: Fn<Q, R>, t: Fn<R, T>): T;
  <A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, T, U>(a: Fn<Tensor<S>, A>, b: Fn<A, B>, c: Fn<B, C>, d: Fn<C, D>, e: Fn<D, E>, f: Fn<E, F>, g: Fn<F, G>, h: Fn<G, H>, i: Fn<H, I>, j: Fn<I, J>, k: Fn<J, K>, l: Fn<K, L>, m: Fn<L, M>, n: Fn<M, N>, o: Fn<N, O>, p: Fn<O, P>, q: Fn<P, Q>, r: Fn<Q, R>, t: Fn<R, T>, u: Fn<T, U>): U;
}

/** A symbolic value of a known shape, on which a network's body computes. The batch axis is not part of its shape. */
export class Tensor<out S extends Shape = Shape> {
  readonly shape: S;
  readonly node: Node;
  /**
   * Within `each`, the axes of the places at which layers are applied: the node has them in front of the shape that the
   * layers see. Otherwise empty.
   */
  readonly '~places': Shape;

  constructor(node: Node, places: Shape = []) {
    this.node = node;
    this['~places'] = places;
    // A node's shape is a list of numbers; the code that creates the tensor asserts that it is this list of literals.
    this.shape = node.shape.slice(places.length) as Shape as S;
  }

  /** Applies up to 20 layers one after another: `x.pipe(dense(200), relu)` is `relu(dense(200)(x))`. */
  // The overloads type the inputs and outputs of each layer; the loop that runs the layers needs no types, so it has
  // none.
  readonly pipe = ((...layers: unknown[]) =>
    layers.reduce<unknown>((x, layer, i) => {
      if (typeof layer === 'function') return layer(x) as unknown; // Any function; its result is passed on.
      throw new InvalidModel(
        `${here('pipe')}: expected layers, got ${describe(layer)} as number ${i + 1}; give what makes a tensor of one, such as relu or dense(200)`,
      );
    }, this)) as Pipe<S>;
}

/** Whether a value is a tensor, even if created by another copy of this package. */
export const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'node' in value && 'shape' in value && 'pipe' in value;

/** Describes a value of a definition, for use in a message. */
export const describe = (value: unknown): string => {
  if (isTensor(value)) return `a tensor of shape ${show(value.shape)}`;
  if (value === undefined) return 'nothing';
  if (!isPlain(value)) return valueText(value);
  const keys = Object.keys(value);
  return keys.length > 0 ? `a record of ${list(keys)}` : 'an empty record';
};

/**
 * Applies an op to tensors; the only place where that happens. The shape `S` that a layer declares in its type is the
 * one that `op.shape` computes here; the tests compare the two for every layer. `label` gives the layer a name other
 * than its count.
 *
 * @throws ShapeMismatch, with the names of the network and the layer, if the op does not take these shapes;
 * InvalidModel for a value that is not a tensor, and for shapes, parameters and numbers that no engine could hold.
 */
export function apply<A extends object, S extends Shape, P extends string = never>(
  op: Op<A, P>,
  inputs: Some<Tensor>,
  attrs: A,
  label?: string,
): Tensor<S> {
  if (typeof op !== 'object' || op === null || op['~library'] !== true) checkOwnOp(here('apply'), op, inputs, attrs);
  const layer = nextLayer(label ?? op.name, label !== undefined);
  for (const x of inputs)
    if (!isTensor(x))
      throw new InvalidModel(
        `${layer.where}: expected a tensor, got ${describe(x)}; pass a tensor, such as dense(10)(x)`,
      );
  const own = each(inputs, placesOf);
  const places = own.reduce((a, b) => (b.length > a.length ? b : a));
  // A step's attributes are those with which its op was applied here; nothing else pairs the two.
  if (places.length === 0) return new Tensor<S>(applied(op as AnyOp, inputs, attrs, layer));
  const reason = unliftable(op as AnyOp, attrs, inputs.length);
  if (reason !== undefined)
    throw new InvalidModel(
      `${layer.where}: expected a layer that treats each row of a batch by itself, got ${reason} within each; apply it outside`,
    );
  const lift: LiftedAttrs = { places, own: own.map((axes) => axes.length), of: attrs };
  const node = applied(lifted(op as AnyOp), inputs, lift, layer);
  return new Tensor<S>(node, joinsRows(op as AnyOp) ? [] : places);
}

/** Returns the places of a tensor; one that another version of this package created has none. */
const placesOf = (x: Tensor & { readonly '~places'?: Shape }): Shape => x['~places'] ?? [];

/** Returns the node of an op that is applied to the nodes of these tensors. */
function applied(
  op: AnyOp,
  inputs: Some<Tensor>,
  attrs: object,
  { where, ...layer }: Layer & { readonly where: string },
): ApplyNode {
  const shapes = each(inputs, (x) => x.node.shape);
  // Ops of the definition state their shapes and parameters as they like; `checkShape` and `paramNode` check them.
  const shape: Shape = named(where, () => op.shape(shapes, attrs) as Shape);
  checkShape(where, 'its result', shape);
  const owned = Object.entries((op.params?.(shapes, attrs) ?? {}) as Record<string, Param>);
  return {
    kind: 'apply',
    op,
    inputs: each(inputs, (x) => x.node),
    attrs,
    params: Object.fromEntries(owned.map(([name, param]) => [name, paramNode(where, name, param, layer)])),
    layer,
    shape,
  };
}

/** Runs a shape rule, and prefixes its error with where it failed. */
export const named = <T>(where: string, rule: () => T): T => {
  try {
    return rule();
  } catch (error) {
    if (isUserError(error) && error.name === 'ShapeMismatch') throw new ShapeMismatch(`${where}: ${error.message}`);
    throw error;
  }
};

/**
 * Creates a parameter's node. @throws InvalidModel for an impossible shape, and for initial values that do not fill it.
 */
export function paramNode(
  where: string,
  label: string,
  { shape, init, trainable = true }: Param,
  layer?: Layer,
): ParamNode {
  checkShape(where, label, shape);
  const checked = isOwnInit(init) ? init : checkedInit(where, label, shape, init);
  return { kind: 'param', ...(layer && { layer }), label, shape, init: checked, trainable };
}

/** Creates an input of the body that is being read. */
export const input = <S extends Shape>(name: string, shape: S): Tensor<S> => new Tensor({ kind: 'input', name, shape });

/**
 * Returns a tensor that is one value in training and another in inference, with the updates that training applies to
 * untrained parameters.
 */
export const modal = <S extends Shape>(
  train: Tensor<S>,
  infer: Tensor<S>,
  updates: readonly { readonly param: Tensor; readonly value: Tensor; readonly merge: AnyOp }[] = [],
): Tensor<S> =>
  new Tensor(
    {
      kind: 'modal',
      train: train.node,
      infer: infer.node,
      updates: updates.flatMap(({ param, value, merge }) =>
        param.node.kind === 'param' ? [{ param: param.node, value: value.node, merge }] : [],
      ),
      shape: infer.node.shape,
    },
    infer['~places'],
  );
