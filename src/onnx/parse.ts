import { InvalidGraph } from '../errors.ts';
import { callable } from '../values/rules.ts';
import { size } from '../shape/size.ts';
import { dtypeOfWord } from './dtype.ts';
import {
  type AttributeValue,
  type Dim,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
  type ValueType,
} from './graph.ts';
import { checkOptions } from './options.ts';
import { readerOf, type Reader } from './reader.ts';
import { tensorOf } from './tensor.ts';

/** Options for parsing. */
export interface ParseOptions {
  /**
   * Returns the elements of an initializer that is printed by type and name only; without it, such an initializer is an
   * error.
   */
  readonly fill?: (info: ValueInfo) => OnnxTensor;
}

/**
 * Parses text in ONNX's syntax, as written by `print` and by ONNX's own printer, to a model. Functions and types other
 * than tensors are not supported.
 *
 * @throws InvalidGraph, with the line, for text that is not a model.
 */
export const parse = (text: string, options: ParseOptions = {}): OnnxModel => {
  checkOptions('parse', OPTIONS, options);
  const reader = readerOf(text);
  const header = parseHeader(reader);
  const graph = parseNamedGraph(reader, options);
  if (!reader.atEnd()) reader.fail('the end');
  return { graph, ...header };
};

/** Parses text in ONNX's syntax to a graph, without a model around it. @throws InvalidGraph as `parse` does. */
export const parseGraph = (text: string, options: ParseOptions = {}): OnnxGraph => {
  checkOptions('parseGraph', OPTIONS, options);
  const reader = readerOf(text);
  const graph = parseNamedGraph(reader, options);
  if (!reader.atEnd()) reader.fail('the end');
  return graph;
};

const OPTIONS = { fill: callable('a function', 'give what fills initializers') };

const parseHeader = (reader: Reader): Omit<OnnxModel, 'graph'> => {
  const header = { irVersion: 0, name: '', version: '', doc: undefined as string | undefined };
  let metadata: readonly (readonly [string, string])[] = [];
  let imports: readonly (readonly [string, number])[] = [];
  const pair = <T>(value: () => T): readonly [string, T] => {
    const key = reader.string();
    reader.expect(':');
    return [key, value()];
  };
  reader.expect('<');
  reader.list('>', () => {
    const key = reader.name();
    reader.expect(':');
    switch (key) {
      case 'ir_version':
        header.irVersion = integer(reader);
        return;
      case 'opset_import':
        reader.expect('[');
        imports = reader.list(']', () => pair(() => integer(reader)));
        return;
      case 'producer_name':
        header.name = reader.string();
        return;
      case 'producer_version':
        header.version = reader.string();
        return;
      case 'doc_string':
        header.doc = reader.string();
        return;
      case 'metadata_props':
        reader.expect('[');
        metadata = reader.list(']', () => pair(reader.string));
        return;
      default:
        reader.fail(
          'a value of ir_version, opset_import, producer_name, producer_version, doc_string or metadata_props',
        );
    }
  });
  const domains = imports.filter(([domain]) => domain !== '');
  return {
    opset: imports.find(([domain]) => domain === '')?.[1] ?? 0,
    ...(domains.length > 0 && { domains: Object.fromEntries(domains) }),
    irVersion: header.irVersion,
    producer: { name: header.name, version: header.version },
    metadata: Object.fromEntries(metadata),
    ...(header.doc !== undefined && { doc: header.doc }),
  };
};

const parseNamedGraph = (reader: Reader, options: ParseOptions): OnnxGraph =>
  parseRest(reader, reader.quotable(), options);

const parseRest = (reader: Reader, name: string, options: ParseOptions): OnnxGraph => {
  reader.expect('(');
  const inputs = reader.list(')', () => parseValue(reader));
  reader.expect('=');
  reader.expect('>');
  reader.expect('(');
  const outputs = reader.list(')', () => parseValue(reader));
  const initializers = new Map<string, OnnxTensor>();
  const bare: ValueInfo[] = [];
  if (reader.skip('<'))
    reader.list('>', () => {
      const info = parseValue(reader);
      if (reader.skip('=')) initializers.set(info.name, parseElements(reader, info));
      else bare.push(info);
    });
  reader.expect('{');
  const nodes: OnnxNode[] = [];
  while (!reader.skip('}')) nodes.push(parseNode(reader, options));
  // A type and a name without elements may also be what ONNX calls a value_info: an annotation of a node's output.
  const made = new Set(nodes.flatMap((node) => node.outputs));
  for (const info of bare) {
    if (made.has(info.name)) continue;
    if (!options.fill)
      throw new InvalidGraph(
        `${name}: expected elements for ${info.name}, got only its type; print it in full or fill it in`,
      );
    initializers.set(info.name, options.fill(info));
  }
  return { name, inputs, outputs, nodes, initializers };
};

const parseValue = (reader: Reader): ValueInfo => ({ ...parseType(reader), name: reader.quotable() });

const parseType = (reader: Reader): ValueType => {
  const dtype = dtypeOfWord(reader.peek().text);
  if (!dtype) return reader.fail('a type, such as float or int64');
  reader.name();
  return { dtype, shape: reader.skip('[') ? reader.list(']', () => parseDim(reader)) : [] };
};

const parseDim = (reader: Reader): Dim => {
  if (reader.skip('?')) return '?';
  return reader.peek().kind === 'number' ? integer(reader) : reader.quotable();
};

const parseNode = (reader: Reader, options: ParseOptions): OnnxNode => {
  const named = reader.skip('[');
  const name = named ? reader.quotable() : '';
  if (named) reader.expect(']');
  const outputs = reader.list('=', reader.quotable);
  let op = reader.name();
  while (reader.skip('.')) op += `.${reader.name()}`;
  // Attributes may come before or after the inputs.
  const before = parseAttributes(reader, options);
  reader.expect('(');
  const inputs = reader.list(')', reader.quotable);
  const flagged = reader.comment() === 'stopGradient';
  const attributes = Object.fromEntries([...before, ...parseAttributes(reader, options)]);
  const node = { name, op, inputs, outputs, attributes };
  return flagged ? { ...node, flag: 'stopGradient' } : node;
};

const parseAttributes = (reader: Reader, options: ParseOptions): (readonly [string, AttributeValue])[] => {
  if (!reader.skip('<')) return [];
  return reader.list('>', () => {
    const name = reader.name();
    if (reader.skip(':')) reader.name();
    reader.expect('=');
    return [name, parseAttribute(reader, options)] as const;
  });
};

const parseAttribute = (reader: Reader, options: ParseOptions): AttributeValue => {
  if (reader.skip('[')) {
    if (reader.peek().kind === 'string') return reader.list(']', reader.string);
    return reader.list(']', () => toNumber(reader.number()));
  }
  const { kind, text } = reader.peek();
  if (kind === 'number' || (kind === 'name' && /^(inf|infinity|nan)$/i.test(text))) return toNumber(reader.number());
  if (kind === 'name' && dtypeOfWord(text)) {
    const type = parseType(reader);
    if (reader.peek().kind === 'name') reader.name();
    reader.skip('=');
    return parseElements(reader, type);
  }
  if (kind === 'name') return reader.within(() => parseNamedGraph(reader, options));
  const word = reader.string();
  // What follows distinguishes a graph whose name needs quotes from a string.
  return reader.peek().text === '(' ? reader.within(() => parseRest(reader, word, options)) : word;
};

const parseElements = (reader: Reader, { dtype, shape }: ValueType): OnnxTensor => {
  const lengths = shape.map((dim) => (typeof dim === 'number' ? dim : reader.fail('a shape of numbers')));
  const element = (): string => {
    if (dtype !== 'float32' && dtype !== 'float64' && !/^-?\d+$/.test(reader.peek().text))
      reader.fail('a whole number');
    return reader.number();
  };
  reader.expect('{');
  const elements = reader.list('}', element);
  if (elements.length !== size(lengths))
    reader.fail(`${size(lengths)} elements before this, and not ${elements.length}`);
  // Not through numbers: int64 is wider than they are, and float16 is written as its bits.
  if (dtype === 'int64') return { dtype, shape: lengths, data: BigInt64Array.from(elements, BigInt) };
  if (dtype === 'float16') return { dtype, shape: lengths, data: Uint16Array.from(elements, Number) };
  return tensorOf(dtype, lengths, elements.map(toNumber));
};

const toNumber = (text: string): number => {
  if (/^-?inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return /^-?nan$/i.test(text) ? NaN : Number(text);
};

const integer = (reader: Reader): number => {
  const value = Number(reader.peek().text);
  if (!Number.isSafeInteger(value)) return reader.fail('a whole number');
  reader.number();
  return value;
};
