import type * as tfjs from '@tensorflow/tfjs-core';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Shape } from '../shape/shape.ts';
import type { Init } from './init.ts';

/** TensorFlow.js as passed to an op's `run`. */
export type Tf = typeof tfjs;

/** A list of one or more elements: ops have at least one input, so `[x]` is never undefined. */
export type Some<T> = readonly [T, ...T[]];

/** Like `Array.map`, but keeps the type `Some`. */
export const each = <A, B>([first, ...rest]: Some<A>, f: (x: A, i: number) => B): Some<B> => [
  f(first, 0),
  ...rest.map((x, i) => f(x, i + 1)),
];

/**
 * The axis in front of a value's own axes: 0 for none (parameters, constants, scalars such as β); 1 for the batch axis
 * of N examples; k for an axis of N·k, k samples for each example.
 */
export type Lead = number;

/** The context in which an op is applied: the shapes of its inputs, and the shape and lead of its output. */
export interface OpContext {
  readonly shapes: Some<Shape>;
  readonly leads: Some<Lead>;
  readonly shape: Shape;
  readonly lead: Lead;
}

/** An array that an op owns: its shape, its initial values, and whether it is trained (running statistics are not). */
export interface Param {
  readonly shape: Shape;
  readonly init: Init;
  readonly trainable?: boolean;
}

/**
 * How rows of an op's result depend on rows of its inputs. `hoist` uses it: several samples of an example start with
 * the same rows, and values that depend on these alone are computed once.
 *
 * - `repeat`: each row several times in succession.
 * - `mean`: the mean over all rows, which is unchanged if each row is repeated equally often.
 * - `join`: each row from the same row of its inputs, which are concatenated along the last axis.
 * - a `Sum`: each row from the same row of its input, as a sum over the last axis. If the input was concatenated there,
 *   the sum can be computed piece by piece.
 */
export type Rows<P extends string> = 'repeat' | 'mean' | 'join' | Sum<P>;

/** A sum over the elements of an input's last axis, computed from pieces of that input in any order. */
export interface Sum<P extends string> {
  /** The parameter with which the sum starts, such as a bias. */
  readonly from: P;
  /** Adds a piece, elements `begin` to `end`, to the sum of the others. It has the op's other parameters. */
  readonly add: AnyOp;
}

/**
 * A complete operation: its shapes, its parameters, its computation in training and its ONNX.
 *
 * `run` and `lower` must compute the same function; this type keeps them side by side, and `testOp` checks that they
 * agree. Both receive the library they use as an argument, so that a definition can be read without loading
 * TensorFlow.js or ONNX. An op is a value: a custom op needs no registration. Ops are pure and have no mode; the output
 * for an example depends on that example alone, unless `lead` and `rows` say otherwise.
 */
export interface Op<Attrs extends object = object, P extends string = never> {
  readonly name: string;
  /** Set by `libraryOp`. */
  readonly '~library'?: true;
  /** Returns the output's shape, without the batch axis, or throws a `ShapeMismatch`. */
  shape(inputs: Some<Shape>, attrs: Attrs): Shape;
  /** Returns the output's lead; if omitted, it is that of the inputs, which must share one lead or have none. */
  lead?(inputs: Some<Lead>, attrs: Attrs): Lead;
  /**
   * How rows of its result depend on those of its inputs; if omitted, each depends on the same row of its inputs, in
   * any way.
   */
  readonly rows?: Rows<NoInfer<P>>;
  /**
   * For a product of one-hot rows and a table: the op that looks the rows of the table up by their indices, with the
   * same attributes and parameters.
   */
  readonly lookup?: AnyOp;
  params?(inputs: Some<Shape>, attrs: Attrs): Record<P, Param>;
  run(tf: Tf, inputs: Some<tfjs.Tensor>, attrs: Attrs, params: Record<P, tfjs.Tensor>, site: OpContext): tfjs.Tensor;
  lower(onnx: OnnxBuilder, inputs: Some<Value>, attrs: Attrs, params: Record<P, Value>, site: OpContext): Value;
}

/**
 * Marks an op as this package's: its name and attributes identify its computation, so that a fingerprint survives a
 * version that writes it as different ONNX. Any other op is identified by the ONNX it writes (`identity.ts`).
 */
export const libraryOp = <Attrs extends object, P extends string>(op: Op<Attrs, P>): Op<Attrs, P> => ({
  ...op,
  '~library': true,
});

// The only `any` of the package: a graph's steps hold ops of all kinds, each with the attributes that `apply` paired it
// with, and TypeScript has no type for "some Attrs, the same in both places".
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyOp = Op<any, any>;
