import { InvalidGraph } from '../errors.ts';
import { isGraph, isTensor, type AttributeValue, type OnnxGraph, type OnnxNode, type OnnxTensor } from './graph.ts';

/** Returns an error about a node, as one sentence that names it. */
export const invalid = (
  { name, op }: { readonly name: string; readonly op?: string },
  expected: string,
  got: string,
  remedy = 'correct what writes this node',
): InvalidGraph =>
  new InvalidGraph(`${name || (op ? `a ${op}` : 'a graph')}: expected ${expected}, got ${got}; ${remedy}`);

/** Returns an attribute's value as text for a message. */
export const described = (value: AttributeValue | undefined): string => {
  if (isGraph(value)) return 'a graph';
  if (isTensor(value)) return 'a tensor';
  return value === undefined ? 'none' : JSON.stringify(value);
};

const read = (node: OnnxNode, name: string): AttributeValue | undefined => node.attributes[name];

// These read what a node gives; `withDefaults` adds what it leaves out.

/** Returns a numeric attribute of a node, int or float. */
export const number = (node: OnnxNode, name: string): number => {
  const value = read(node, name);
  if (typeof value !== 'number') throw invalid(node, `${name} to be a number`, described(value));
  return value;
};

/** Returns a string attribute of a node. */
export const word = (node: OnnxNode, name: string): string => {
  const value = read(node, name);
  if (typeof value !== 'string') throw invalid(node, `${name} to be a word`, described(value));
  return value;
};

/** Returns a list of numbers from a node's attributes, or undefined if none is given. */
export const numbers = (node: OnnxNode, name: string): readonly number[] | undefined => {
  const value = read(node, name);
  if (value === undefined) return undefined;
  if (!isNumbers(value)) throw invalid(node, `${name} to be numbers`, described(value));
  return value;
};

/** Returns a tensor from a node's attributes, or undefined if none is given. */
export const tensor = (node: OnnxNode, name: string): OnnxTensor | undefined => {
  const value = read(node, name);
  if (value === undefined) return undefined;
  if (!isTensor(value)) throw invalid(node, `${name} to be a tensor`, described(value));
  return value;
};

/** Returns a graph from a node's attributes. */
export const graph = (node: OnnxNode, name: string): OnnxGraph => {
  const value = read(node, name);
  if (!isGraph(value)) throw invalid(node, `${name} to be a graph`, described(value));
  return value;
};

/** Whether an attribute's value is a list of numbers. */
export const isNumbers = (value: AttributeValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'number');

/** Whether an attribute's value is a list of strings. */
export const isStrings = (value: AttributeValue | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'string');

/** Returns an axis counted from the front, given one that may be counted from the end (negative). */
export const axisOf = (node: OnnxNode, axis: number, rank: number): number => {
  if (rank === 0) throw invalid(node, 'an axis', 'a value that has none');
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank)
    throw invalid(node, `an axis of ${rank}, from ${-rank} to ${rank - 1}`, String(axis));
  return axis < 0 ? axis + rank : axis;
};
