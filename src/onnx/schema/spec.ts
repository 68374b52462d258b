import type { DType } from '../dtype.ts';
import type { OnnxGraph, OnnxTensor } from '../graph.ts';

/** What each type of attribute holds. ONNX keeps int and float apart; here both are numbers. */
export interface AttributeValues {
  int: number;
  float: number;
  string: string;
  ints: readonly number[];
  floats: readonly number[];
  tensor: OnnxTensor;
  graph: OnnxGraph;
}

/** A type of attribute. */
export type AttributeType = keyof AttributeValues;

/** The opsets in which something is there: from `since` up to and with `until`, both open where left out. */
export interface Span {
  readonly since?: number;
  readonly until?: number;
}

/** An attribute that an operator takes. */
export interface AttributeSpec<T extends AttributeType = AttributeType> extends Span {
  readonly type: T;
  readonly required?: boolean;
  /** What leaving it out means, where that is one value. */
  readonly default?: AttributeValues[T];
  /** The values that are accepted, where not all are: those that every provider of onnxruntime computes alike. */
  readonly only?: readonly AttributeValues[T][];
}

/** An attribute that must be given. */
export interface RequiredAttribute<T extends AttributeType> extends AttributeSpec<T> {
  readonly required: true;
}

/**
 * An input or output: `T` is a type variable of the operator or an element type; `T?` may be left out; `T*` stands for any
 * number at the end (at least one); `...*` for any number, of types of their own.
 */
export type Slot = string | (Span & { readonly slot: string });

/** One operator of ONNX: what it takes and gives, and where it runs. */
export interface OperatorSpec extends Span {
  readonly inputs: Readonly<Record<string, Slot>>;
  readonly outputs: Readonly<Record<string, Slot>>;
  /** The element types that each type variable may stand for: those for which onnxruntime's CPU provider has a kernel. */
  readonly types: Readonly<Record<string, readonly DType[]>>;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  /** The highest opset at which onnxruntime 1.30's WebGPU provider has a kernel; 0 where none is known. */
  readonly webgpu: number;
}

type Options<T extends AttributeType> = Span & Pick<AttributeSpec<T>, 'only'>;

/** An optional attribute with, perhaps, a default. */
export const optional = <T extends AttributeType>(
  type: T,
  value?: AttributeValues[T],
  options: Options<T> = {},
): AttributeSpec<T> => ({ type, ...(value === undefined ? {} : { default: value }), ...options });

/** An attribute that must be given. */
export const required = <T extends AttributeType>(type: T): RequiredAttribute<T> => ({ type, required: true });

/** A flag, 0 or 1. */
export const flag = (value: 0 | 1, span: Span = {}): AttributeSpec<'int'> =>
  optional('int', value, { ...span, only: [0, 1] });

/** One of a few words, the first of which is meant where none is given. */
export const oneOf = (words: readonly [string, ...string[]], span: Span = {}): AttributeSpec<'string'> =>
  optional('string', words[0], { ...span, only: words });

export const FLOAT: readonly DType[] = ['float32', 'float64', 'float16'];
export const NUMBER: readonly DType[] = [...FLOAT, 'int32', 'int64'];
export const ALL: readonly DType[] = [...NUMBER, 'int8', 'uint8', 'bool'];
export const INDEX: readonly DType[] = ['int32', 'int64'];
