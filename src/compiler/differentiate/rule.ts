import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { OnnxNode, ValueType } from '../../onnx/graph.ts';

/** A value of the graph being differentiated, with its type. */
export interface Known extends ValueType {
  readonly value: Value;
}

/** The values that nodes being differentiated use and produce, by name. */
export interface Values {
  /** Returns a value's type, and what it is where gradients are written. */
  known(name: string): Known;
  /** Returns the type of a value, also of one inside a node. */
  type(name: string): ValueType | undefined;
  /** Returns the elements of a constant, if it is small enough to be a shape, axes and the like. */
  numbers(name: string): readonly number[] | undefined;
  /** Whether a value varies smoothly with those by which the graph is differentiated. */
  moves(name: string): boolean;
}

/**
 * Goes through nodes from the last to the first, given the gradients of some values, and returns a function that sums
 * up the gradient of a value of `values`: undefined if nothing depends on it.
 */
export type Reverse = (
  onnx: OnnxBuilder,
  nodes: readonly OnnxNode[],
  values: Values,
  given: readonly (readonly [name: string, gradient: Value])[],
) => (name: string) => Value | undefined;

/** A node through which gradients flow back. */
export interface RuleContext {
  readonly node: OnnxNode;
  readonly onnx: OnnxBuilder;
  /** The derivative of the loss by the node's first output, with that output's shape. */
  readonly gradient: Value;
  /** The same for each output; undefined if the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
  /** Which inputs need a gradient. */
  readonly wanted: readonly boolean[];
  readonly inputs: number;
  /** The surrounding values that graphs inside the node use, and that need a gradient. */
  readonly captured: readonly string[];
  readonly values: Values;
  readonly reverse: Reverse;
  /** Returns an input that must exist. */
  input(index: number): Known;
  output(index: number): Known;
  /** Returns the elements of an input that must be a constant vector, or undefined if it is omitted. */
  numbers(input: number): readonly number[] | undefined;
}

/**
 * Derives a node's gradients from those of its outputs: for each input, and after them for each captured value, a
 * function that writes the loss's derivative by it, or undefined if the output does not vary with it (indices,
 * conditions). Only those that are wanted are run.
 */
export type GradientRule = (site: RuleContext) => readonly ((() => Value) | undefined)[];

/** An operator through which no gradient can be taken, with the reason as the end of the sentence "got one that …". */
export interface Opaque {
  readonly opaque: string;
}

/** An operator's gradient rule, or the reason why it has none. */
export type Gradient = GradientRule | Opaque;

/** The rule of operators whose output does not vary with small changes of their inputs. */
export const flat: GradientRule = () => [];

/** Computes once what several gradients of a node share, when the first of them needs it. */
export const shared = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};
