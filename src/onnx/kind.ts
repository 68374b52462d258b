import type { OnnxNode } from './graph.ts';
import { partOf } from './kept.ts';
import { onnx } from './proto/onnx.js';
import { specOf, type AttributeType } from './schema.ts';

const { AttributeType: Type } = onnx.AttributeProto;

/** A type of attribute that is read and written, also one that no operator in use takes. */
export type Kind = AttributeType | 'strings';

/** How a file holds an attribute of each type: the number of the type, and the field of its value. */
export const KINDS: { readonly [K in Kind]: { readonly code: number; readonly field: string } } = {
  float: { code: Type.FLOAT, field: 'f' },
  int: { code: Type.INT, field: 'i' },
  string: { code: Type.STRING, field: 's' },
  tensor: { code: Type.TENSOR, field: 't' },
  graph: { code: Type.GRAPH, field: 'g' },
  floats: { code: Type.FLOATS, field: 'floats' },
  ints: { code: Type.INTS, field: 'ints' },
  strings: { code: Type.STRINGS, field: 'strings' },
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
