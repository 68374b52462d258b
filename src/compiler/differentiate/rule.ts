import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { OnnxNode, ValueType } from '../../onnx/graph.ts';

/** A value of the graph being differentiated, with its type. */
export interface Known extends ValueType {
  readonly value: Value;
}

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
  /** Returns an input that must exist. */
  input(index: number): Known;
  output(index: number): Known;
  /** Returns the elements of an input that must be a constant vector, or undefined if it is omitted. */
  numbers(input: number): readonly number[] | undefined;
}

/**
 * Derives a node's gradients from those of its outputs: for each input a function that writes the loss's derivative by
 * it, or undefined if the output does not vary with it (indices, conditions). Only those that are wanted are run.
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
