import { decodeValue } from './decode-value.ts';
import { shortest } from './float32.ts';
import type { AttributeValue, OnnxGraph, OnnxNode, OnnxTensor } from './graph.ts';
import { empty, keep } from './kept.ts';
import { kindInTable, kindOfCode, KINDS } from './kind.ts';
import type { onnx } from './proto/onnx.js';
import { decodeTensor } from './raw.ts';
import { byName, isOnnx, whole, type Reading } from './reading.ts';

type Attribute = onnx.AttributeProto.$Properties;

/** Decodes a graph of a file, including nested graphs. */
export const decodeGraph = (message: onnx.GraphProto.$Properties, reading: Reading): OnnxGraph => {
  const { name, node, initializer, input, output, $unknowns, ...rest } = message;
  return {
    name: name ?? '',
    inputs: (input ?? []).map((value) => decodeValue(value, reading)),
    outputs: (output ?? []).map((value) => decodeValue(value, reading)),
    nodes: (node ?? []).map((one) => decodeNode(one, reading)),
    initializers: new Map(
      byName(
        'initializers',
        (initializer ?? []).map((one) => named(one, reading)),
        reading,
      ),
    ),
    ...keep({ ...rest, ...empty(message, 'name') }, $unknowns),
  };
};

const named = (message: onnx.TensorProto.$Properties, reading: Reading): readonly [string, OnnxTensor] => {
  const { name, ...rest } = message;
  return [name ?? '', decodeTensor(message, rest, reading)];
};

const decodeNode = (message: onnx.NodeProto.$Properties, reading: Reading): OnnxNode => {
  const { name, opType = '', domain, input, output, attribute, $unknowns, ...rest } = message;
  const op = opType ?? '';
  const where = name || op || 'a node';
  if (op.includes('.'))
    return reading.fail(
      `expected operators without a dot in their name, got ${op}; convert the model to types that can`,
    );
  const entries = (attribute ?? []).map((one) => [one.name ?? '', one] as const);
  const attributes = byName(`attributes of ${where}`, entries, reading);
  const details = attributes.flatMap(([key, one]) => {
    const { kept } = detailsOf(op, key, one);
    return kept ? [[key, kept] as const] : [];
  });
  return {
    name: name ?? '',
    op: isOnnx(domain ?? '') ? op : `${domain}.${op}`,
    inputs: [...(input ?? [])],
    outputs: [...(output ?? [])],
    attributes: Object.fromEntries(attributes.map(([key, one]) => [key, decodeAttribute(one, where, reading)])),
    ...keep(
      {
        ...rest,
        ...empty(message, 'name', 'domain'),
        ...(domain === 'ai.onnx' && { domain }),
        ...(details.length > 0 && { attribute: Object.fromEntries(details) }),
      },
      $unknowns,
    ),
  };
};

/** Returns the fields of an attribute other than its name and value; also its type, if it differs from the table's. */
const detailsOf = (op: string, name: string, attribute: Attribute): ReturnType<typeof keep> => {
  const { name: _, type, $unknowns, ...fields } = attribute;
  const kind = kindOfCode(type);
  const rest = Object.entries(fields).filter(([field]) => !kind || field !== KINDS[kind].field);
  return keep({ ...Object.fromEntries(rest), ...(kind !== kindInTable(op, name) && { kind }) }, $unknowns);
};

const decodeAttribute = (attribute: Attribute, where: string, reading: Reading): AttributeValue => {
  const odd = (what: string): never =>
    reading.fail(
      `expected attributes of known kinds, got ${attribute.name} of ${where}, ${what}; convert the model to types that can`,
    );
  const integer = (value: Attribute['i']): number => {
    const result = whole(value);
    return Number.isSafeInteger(result) ? result : odd('a whole number beyond 2^53');
  };
  const text = (bytes: Uint8Array | null | undefined): string => decodeText(bytes) ?? odd('which is not text in UTF-8');
  if (attribute.refAttrName) return odd('which refers to another');
  switch (kindOfCode(attribute.type)) {
    case 'float':
      return shortest(attribute.f ?? 0);
    case 'int':
      return integer(attribute.i);
    case 'string':
      return text(attribute.s);
    case 'tensor':
      return attribute.t ? decodeTensor(attribute.t, { ...attribute.t }, reading) : odd('a tensor that is not there');
    case 'graph':
      return attribute.g ? decodeGraph(attribute.g, reading) : odd('a graph that is not there');
    case 'floats':
      return (attribute.floats ?? []).map(shortest);
    case 'ints':
      return (attribute.ints ?? []).map(integer);
    case 'strings':
      return (attribute.strings ?? []).map(text);
    case undefined:
      return odd('which is of another');
  }
};

/** Returns bytes decoded as UTF-8, or undefined if they are not valid UTF-8. */
const decodeText = (bytes: Uint8Array | null | undefined): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array());
  } catch {
    return undefined;
  }
};
