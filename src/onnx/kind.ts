import type { OnnxNode } from './graph.ts';
import { partOf } from './kept.ts';
import { specOf, type AttributeType } from './schema.ts';

/** A type of attribute that is read and written, also one that no operator in use takes. */
export type Kind = AttributeType | 'strings';

/** How a file holds an attribute of each type: the number of the type in onnx.proto's `AttributeType`, and the field of its value. */
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

/** The type of attribute of a number of ONNX's `AttributeProto.AttributeType`, or undefined for one that is not read. */
export const kindOfCode = (code: number | null | undefined): Kind | undefined => KIND_OF.get(code ?? 0);

/** The type that an operator's attribute has by the table of operators, or undefined where it is not in it. */
export const kindInTable = (op: string, name: string): AttributeType | undefined => {
  const attributes = specOf(op)?.attributes ?? {};
  return Object.hasOwn(attributes, name) ? attributes[name]?.type : undefined;
};

/** The type that a node's attribute had where it was read, if that was not the table's. */
export const kindAsRead = (node: OnnxNode, name: string): Kind | undefined => {
  const { kind } = partOf(node.kept, 'attribute', name);
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? (kind as Kind) : undefined; // a key of KINDS
};
