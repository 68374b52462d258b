import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import type { OnnxNode, ValueType } from '../../onnx/graph.ts';

/** A value of the graph that is differentiated, with what is known of it. */
export interface Known extends ValueType {
  readonly value: Value;
}

/** A node through which gradients flow back. */
export interface RuleContext {
  readonly node: OnnxNode;
  readonly onnx: OnnxBuilder;
  /** The loss's derivative by the node's first output, of that output's shape. */
  readonly gradient: Value;
  /** The same by each output; undefined where the loss does not depend on it. */
  readonly gradients: readonly (Value | undefined)[];
  /** Which inputs' gradients are called for. */
  readonly wanted: readonly boolean[];
  readonly inputs: number;
  /** An input that must be there. */
  input(index: number): Known;
  output(index: number): Known;
  /** The elements of an input that must be a constant vector, or undefined where it is left out. */
  numbers(input: number): readonly number[] | undefined;
}

/**
 * How a node's gradients follow from those of its outputs: for each input what writes the loss's derivative by it, or
 * undefined where the output does not change with it (indices, conditions). Only those that are called for are run.
 */
export type GradientRule = (site: RuleContext) => readonly ((() => Value) | undefined)[];

/** An operator through which no gradient can be taken, and why, in words that end the sentence "got one that …". */
export interface Opaque {
  readonly opaque: string;
}

/** What is known of an operator's gradient. */
export type Gradient = GradientRule | Opaque;

/** The rule of operators whose output does not change with small changes of their inputs. */
export const flat: GradientRule = () => [];

/** Computes once what several gradients of a node share, when the first of them needs it. */
export const shared = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};
