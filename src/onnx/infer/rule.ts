import { show } from '../../shape/show.ts';
import { axisOf, described, invalid } from '../attributes.ts';
import { mayEqual } from '../dims.ts';
import type { DType } from '../dtype.ts';
import type { Dim, OnnxGraph, OnnxNode, ValueType } from '../graph.ts';

/** A rule's result for an output: its shape, and its type if the table of operators leaves it open. */
export interface Inferred {
  readonly shape: readonly Dim[];
  readonly dtype?: DType;
}

/** A node with the types of its inputs. */
export interface Context {
  readonly node: OnnxNode;
  readonly opset: number;
  /** The types of the inputs; undefined for an omitted one. */
  readonly inputs: readonly (ValueType | undefined)[];
  /** Returns the elements of a small integer tensor if they are known, perhaps as symbols; otherwise undefined. */
  readonly elements: (input: number) => readonly Dim[] | undefined;
  /** Returns the types of a nested graph's outputs for these types of its inputs. */
  readonly inferGraph: (graph: OnnxGraph, inputs: readonly ValueType[]) => readonly ValueType[];
}

/** Infers an operator's outputs from its inputs. @throws InvalidGraph for inputs that it cannot take. */
export type Rule = (context: Context) => readonly Inferred[];

/** Returns the shape of an input that must exist. */
export const shapeOf = ({ node, inputs }: Context, input: number): readonly Dim[] => {
  const type = inputs[input];
  if (!type) throw invalid(node, `an input ${input}`, 'none');
  return type.shape;
};

/** Returns the shape of an input that must have this rank. */
export const rankOf = (context: Context, input: number, rank: number): readonly Dim[] => {
  const shape = shapeOf(context, input);
  if (shape.length !== rank)
    throw invalid(context.node, `input ${input} to have ${rank} axes`, `the shape ${show(shape)}`);
  return shape;
};

/** Returns the elements of an input as numbers, or undefined if one is not known. */
export const knownNumbers = (context: Context, input: number): readonly number[] | undefined => {
  const elements = context.elements(input);
  return elements?.every((element) => typeof element === 'number') ? elements : undefined;
};

/** The maximum length of a list of axes, lengths or the like. */
export const MOST = 2 ** 16;

/**
 * Returns the length of a vector input; throws if it is not known, since the rank of the result would be unknown too.
 */
export const lengthOf = (context: Context, input: number): number => {
  const [length] = rankOf(context, input, 1);
  if (typeof length !== 'number')
    throw invalid(context.node, `input ${input} to be a vector of known length`, described(length));
  if (length > MOST) throw invalid(context.node, `input ${input} to be a list of at most ${MOST}`, String(length));
  return length;
};

/** Returns unknown lengths. */
export const unknown = (rank: number): readonly Dim[] => Array.from({ length: rank }, () => '?');

/** Returns the elements of a vector input, which may be unknown. */
export const listOf = (context: Context, input: number): readonly Dim[] => {
  rankOf(context, input, 1);
  return context.elements(input) ?? unknown(lengthOf(context, input));
};

/** Requires two dimensions to be equal as far as they are known; `what` names them. */
export const requireEqual = (context: Context, what: string, expected: Dim, got: Dim): void => {
  if (!mayEqual(expected, got)) throw invalid(context.node, `${what} of ${expected}`, String(got));
};

/** Returns axes counted from the front, without duplicates. */
export const distinctAxes = ({ node }: Context, axes: readonly number[], rank: number): readonly number[] => {
  const counted = axes.map((axis) => axisOf(node, axis, rank));
  if (new Set(counted).size < counted.length) throw invalid(node, 'axes that differ', show(axes));
  return counted;
};

/**
 * Returns the axes that an input lists, counted from the front, without duplicates; undefined if they are not known.
 */
export const axesOf = (context: Context, input: number, rank: number): readonly number[] | undefined => {
  rankOf(context, input, 1);
  const axes = knownNumbers(context, input);
  return axes && distinctAxes(context, axes, rank);
};
