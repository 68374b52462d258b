import * as given from './attributes.ts';
import type { AttributeValue, OnnxNode } from './graph.ts';
import { DEFINITIONS } from './operators/table.ts';
import { isOperator, type Operator } from './schema.ts';
import type { OperatorSpec } from './operators/spec.ts';

type Values = Readonly<Record<string, AttributeValue>>;

/** The defaults of the operators' attributes, of those that have any. */
const DEFAULTS: Partial<Record<Operator, Values>> = Object.fromEntries(
  Object.entries<OperatorSpec>(DEFINITIONS).flatMap(([op, { attributes }]) => {
    const values = Object.entries(attributes).flatMap(([name, { default: value }]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return values.length === 0 ? [] : [[op, Object.fromEntries(values)]];
  }),
);

/** Returns a node with its operator's defaults for the attributes that it leaves out. */
export const withDefaults = (node: OnnxNode): OnnxNode => {
  const defaults = isOperator(node.op) ? DEFAULTS[node.op] : undefined;
  return defaults ? { ...node, attributes: { ...defaults, ...node.attributes } } : node;
};

/** Returns a numeric attribute of a node, int or float: the given value, or the operator's default. */
export const number = (node: OnnxNode, name: string): number => given.number(withDefaults(node), name);

/** Returns a string attribute of a node: the given value, or the operator's default. */
export const word = (node: OnnxNode, name: string): string => given.word(withDefaults(node), name);

/** Returns a list of numbers from a node's attributes: the given one, or the operator's default, or undefined if it has none. */
export const numbers = (node: OnnxNode, name: string): readonly number[] | undefined =>
  given.numbers(withDefaults(node), name);
