import type * as tfjs from '@tensorflow/tfjs-core';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Shape } from '../shape/shape.ts';
import type { Init } from './init.ts';

/** TensorFlow.js as an op's `run` is handed it. */
export type Tf = typeof tfjs;

/** One or more: ops take inputs, so `[x]` is never undefined. */
export type Some<T> = readonly [T, ...T[]];

/** `Array.map` that knows some stay some. */
export const each = <A, B>([first, ...rest]: Some<A>, f: (x: A, i: number) => B): Some<B> => [
  f(first, 0),
  ...rest.map((x, i) => f(x, i + 1)),
];

/**
 * What stands before a value's own axes: 0, nothing (parameters, constants, scalars such as β); 1, the batch axis of N
 * examples; k, an axis of N·k, k samples for each example.
 */
export type Lead = number;

/** Where an op is applied: the shapes it meets, and the lead of what it gives. */
export interface OpContext {
  readonly shapes: Some<Shape>;
  readonly leads: Some<Lead>;
  readonly shape: Shape;
  readonly lead: Lead;
}

/** An array an op owns: its shape, how it starts, and whether training changes it (running statistics are not trained). */
export interface Param {
  readonly shape: Shape;
  readonly init: Init;
  readonly trainable?: boolean;
}

/**
 * One operation, in full: what it accepts, what it owns, how it trains and how it is written in ONNX.
 *
 * `run` and `lower` must compute the same function; that they stand side by side is the point of this type, and `testOp`
 * checks it. Both are handed what they work with, so that a definition can be read without loading TensorFlow or ONNX.
 * An op is a value: a user's own needs no registration. Ops are pure and have no mode; what they give for an example depends
 * on that example alone, unless `lead` and `rows` say otherwise.
 */
export interface Op<Attrs extends object = object, P extends string = never> {
  readonly name: string;
  /** Set by `libraryOp`. */
  readonly '~library'?: true;
  /** The output's shape, without the batch axis, or a thrown `ShapeMismatch`. */
  shape(inputs: Some<Shape>, attrs: Attrs): Shape;
  /** The output's lead; left out, it is its inputs', which must then be of one lead or of none. */
  lead?(inputs: Some<Lead>, attrs: Attrs): Lead;
  /**
   * How it treats rows, where each row of its result is not made of that row of its inputs alone: `repeat` gives each several
   * times, one after another, and `mean` is over all of them, and so the same where each is there as often.
   */
  readonly rows?: 'repeat' | 'mean';
  /** Whether it does nothing but lay its inputs one after another along the last axis. */
  readonly joins?: boolean;
  /**
   * Of an op that sums over the last axis of its input, with a `kernel` and a `bias`: what elements `begin` to `end` contribute,
   * from a piece of the input and what it is added to.
   */
  readonly part?: Op<{ readonly begin: number; readonly end: number }, 'kernel'>;
  params?(inputs: Some<Shape>, attrs: Attrs): Record<P, Param>;
  run(tf: Tf, inputs: Some<tfjs.Tensor>, attrs: Attrs, params: Record<P, tfjs.Tensor>, site: OpContext): tfjs.Tensor;
  lower(onnx: OnnxBuilder, inputs: Some<Value>, attrs: Attrs, params: Record<P, Value>, site: OpContext): Value;
}

/**
 * Marks an op as this package's: its name and attributes identify what it computes, so that a fingerprint survives a version
 * that writes it as other ONNX. Any other op is identified by the ONNX it writes (`identity.ts`).
 */
export const libraryOp = <Attrs extends object, P extends string>(op: Op<Attrs, P>): Op<Attrs, P> => ({
  ...op,
  '~library': true,
});

// The one `any` of the package: a graph's steps hold ops of all kinds, each with the attributes it was given by `apply`,
// and TypeScript has no type for "some Attrs, the same in both places".
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyOp = Op<any, any>;
