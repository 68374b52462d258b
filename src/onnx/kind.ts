import type { OnnxNode } from './graph.ts';
import { partOf } from './kept.ts';
import { specOf, type AttributeType } from './schema.ts';

/** A type of attribute that is read and written, including those that no operator in use has. */
export type Kind = AttributeType | 'strings';

/**
 * The encoding of each type of attribute in a file: its code in onnx.proto's `AttributeType`, and the field of its
 * value.
 */
export const KINDS: { readonly [K in Kind]: { readonly code: number; readonly field: string } } = {
  float: { code: 1, field: 'f' },
  int: { code: 2, field: 'i' },
  string: { code: 3, field: 's' },
  tensor: { code: 4, field: 't' },
  graph: { code: 5, field: 'g' },
  floats: { code: 6, field: 'floats' },
  ints: { code: 7, field: 'ints' },
  strings: { code: 8, field: 'strings' },
};

const KIND_OF = new Map(Object.entries(KINDS).map(([kind, { code }]) => [code, kind as Kind])); // Object.entries forgets keys

/**
 * Returns the type of attribute with this code in ONNX's `AttributeProto.AttributeType`, or undefined if it is not
 * read.
 */
export const kindOfCode = (code: number | null | undefined): Kind | undefined => KIND_OF.get(code ?? 0);

/** Returns the type of an operator's attribute in the table of operators, or undefined if it is not in it. */
export const kindInTable = (op: string, name: string): AttributeType | undefined => {
  const attributes = specOf(op)?.attributes ?? {};
  return Object.hasOwn(attributes, name) ? attributes[name]?.type : undefined;
};

/** Returns the type that a node's attribute had when it was read, if that differs from the table's. */
export const kindAsRead = (node: OnnxNode, name: string): Kind | undefined => {
  const { kind } = partOf(node.kept, 'attribute', name);
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? (kind as Kind) : undefined; // a key of KINDS
};
