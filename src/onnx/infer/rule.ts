import { show } from '../../shape/show.ts';
import { axisOf, described, invalid } from '../attributes.ts';
import { mayEqual } from '../dims.ts';
import type { DType } from '../dtype.ts';
import type { Dim, OnnxGraph, OnnxNode, ValueType } from '../graph.ts';

/** What a rule gives for an output: its shape, and its type where the table of operators leaves it open. */
export interface Inferred {
  readonly shape: readonly Dim[];
  readonly dtype?: DType;
}

/** A node with what is known of its inputs. */
export interface Context {
  readonly node: OnnxNode;
  readonly opset: number;
  /** The types of the inputs; undefined for one that is left out. */
  readonly inputs: readonly (ValueType | undefined)[];
  /** The elements of a small integer tensor where they are known, perhaps as symbols; undefined otherwise. */
  readonly elements: (input: number) => readonly Dim[] | undefined;
  /** The types of a held graph's outputs for these types of its inputs. */
  readonly inferGraph: (graph: OnnxGraph, inputs: readonly ValueType[]) => readonly ValueType[];
}

/** How an operator's outputs follow from its inputs. Throws InvalidGraph for inputs that it cannot take. */
export type Rule = (context: Context) => readonly Inferred[];

/** The shape of an input that must be there. */
export const shapeOf = ({ node, inputs }: Context, input: number): readonly Dim[] => {
  const type = inputs[input];
  if (!type) throw invalid(node, `an input ${input}`, 'none');
  return type.shape;
};

/** The shape of an input that must have this rank. */
export const rankOf = (context: Context, input: number, rank: number): readonly Dim[] => {
  const shape = shapeOf(context, input);
  if (shape.length !== rank)
    throw invalid(context.node, `input ${input} to have ${rank} axes`, `the shape ${show(shape)}`);
  return shape;
};

/** The elements of an input as numbers, or undefined where one is not known. */
export const knownNumbers = (context: Context, input: number): readonly number[] | undefined => {
  const elements = context.elements(input);
  return elements?.every((element) => typeof element === 'number') ? elements : undefined;
};

/** No list of axes, lengths or the like is longer. */
export const MOST = 2 ** 16;

/** The length of a vector input; throws where it is not known, since the rank of the result would not be either. */
export const lengthOf = (context: Context, input: number): number => {
  const [length] = rankOf(context, input, 1);
  if (typeof length !== 'number')
    throw invalid(context.node, `input ${input} to be a vector of known length`, described(length));
  if (length > MOST) throw invalid(context.node, `input ${input} to be a list of at most ${MOST}`, String(length));
  return length;
};

/** Lengths of which nothing is known. */
export const unknown = (rank: number): readonly Dim[] => Array.from({ length: rank }, () => '?');

/** The elements of a vector input, which may not be known. */
export const listOf = (context: Context, input: number): readonly Dim[] => {
  rankOf(context, input, 1);
  return context.elements(input) ?? unknown(lengthOf(context, input));
};

/** Requires two dimensions to be the same, for all that is known; `what` says which they are. */
export const requireEqual = (context: Context, what: string, expected: Dim, got: Dim): void => {
  if (!mayEqual(expected, got)) throw invalid(context.node, `${what} of ${expected}`, String(got));
};

/** Axes counted from the front, none of them twice. */
export const distinctAxes = ({ node }: Context, axes: readonly number[], rank: number): readonly number[] => {
  const counted = axes.map((axis) => axisOf(node, axis, rank));
  if (new Set(counted).size < counted.length) throw invalid(node, 'axes that differ', show(axes));
  return counted;
};

/** The axes that an input lists, counted from the front, none of them twice; undefined where they are not known. */
export const axesOf = (context: Context, input: number, rank: number): readonly number[] | undefined => {
  rankOf(context, input, 1);
  const axes = knownNumbers(context, input);
  return axes && distinctAxes(context, axes, rank);
};
